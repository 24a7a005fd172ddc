//! The long form of the fault lab runs some of these tests again and again, each time by other dice.

/// What the dice begin with: the same in every ordinary run, and another in each round of the long form, which
/// names it by `HANDOFF_FAULTS_ROUND`.
pub fn seed() -> u64 {
    let round = std::env::var("HANDOFF_FAULTS_ROUND").ok();
    20_121_231 + round.map_or(0, |round| round.parse::<u64>().expect("HANDOFF_FAULTS_ROUND: give a number"))
}
