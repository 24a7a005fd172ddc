//! The ladder's timers: across restarts, with several servers, and over random schedules of people, restarts and lost
//! pushes.

use crate::ladder::{LEAD, NEXT, ON_CALL, Probe, SERGEANT, after, events, first_told, offered, rungs, told};
use crate::server::Station;
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::StaffId;
use handoff::domain::pack::Ladder;
use handoff_server::deliver::plan::{History, People, Told, plan};
use handoff_server::deliver::turn;
use std::collections::BTreeSet;
use uuid::Uuid;

#[tokio::test]
async fn timers_survive_a_restart_and_what_fell_due_meanwhile_is_told_at_the_start() {
    let station = Station::start().await;
    let referral = offered(&station).await;
    after(&station, 9).await;
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL]));
    let station = station.restarted(|_| ()).await;
    after(&station, 1).await;
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL, NEXT]), "the clock went on");
    station.pass(TimeDelta::hours(3));
    let station = station.restarted(|_| ()).await;
    turn(station.server.app()).await.unwrap();
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL, NEXT, LEAD, SERGEANT]));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_on_one_database_each_round_is_told_once() {
    use crate::browser::wait_for;
    use crate::cluster::Cluster;
    use handoff_server::Wake;
    use handoff_server::cases::State;
    use handoff_server::deliver::channel::{Channel, Outcome};
    use std::sync::Arc;
    use std::sync::atomic::Ordering;
    let database = Cluster::shared().database();
    let one = Station::sharing(&database, None).await;
    let other = Station::sharing(&database, Some((&one, Wake::ByWord))).await;
    let probe = Probe::new(Outcome::Delivered);
    for station in [&one, &other] {
        station.server.app().deliver().add(Arc::clone(&probe) as Arc<dyn Channel>);
    }
    one.hold_the_clock();
    let referrals = [offered(&one).await, offered(&other).await, offered(&one).await];
    // No minute begins before everyone is told: a claim that outlives its lease is taken over, and told again.
    let settled = async || {
        for referral in referrals {
            let told = told(&one, referral).await;
            told.iter().all(|told| told.state == State::Delivered).then_some(())?;
        }
        Some(())
    };
    for _ in 0..31 {
        wait_for("every delivery", settled).await;
        one.pass(TimeDelta::minutes(1));
        let both = tokio::join!(turn(one.server.app()), turn(other.server.app()));
        assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    }
    wait_for("every delivery", settled).await;
    let mut rows = 0;
    for referral in referrals {
        assert_eq!(first_told(&one, referral).await, rungs(&[ON_CALL, NEXT, LEAD, SERGEANT]));
        let mut rounds: Vec<_> = told(&one, referral).await.iter().map(|told| (told.staff, told.round)).collect();
        rows += rounds.len();
        rounds.sort();
        let all = rounds.len();
        rounds.dedup();
        assert_eq!(rounds.len(), all, "no round is queued twice");
    }
    assert_eq!(events(&one, "told").await.len(), rows);
    assert_eq!(probe.sent.load(Ordering::SeqCst), rows, "nobody was told twice");
    // One of them ends: the other goes on.
    one.server.stop().await;
    let last = offered(&other).await;
    after(&other, 10).await;
    assert_eq!(first_told(&other, last).await, rungs(&[ON_CALL, NEXT]));
}

#[cfg(unix)]
#[tokio::test]
async fn an_alert_reaches_the_page_that_is_open_at_the_other_server() {
    use crate::cluster::Cluster;
    use handoff_server::Wake;
    use handoff_server::cases::State;
    let database = Cluster::shared().database();
    let one = Station::sharing(&database, None).await;
    let other = Station::sharing(&database, Some((&one, Wake::ByLook))).await;
    let mut page = other.server.app().deliver().open_page(other.staff("okafor"));
    let referral = offered(&one).await;
    tokio::time::timeout(crate::browser::PATIENCE, page.alerted()).await.expect("the alert did not come");
    let delivered = async || (told(&one, referral).await[0].state == State::Delivered).then_some(());
    crate::browser::wait_for("the outcome", delivered).await;
}

const SCHEDULES: u64 = 3000;
/// Each is lived through for so many minutes.
const MINUTES: i64 = 150;

/// Seeded, so that a failure can be lived through again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::minutes(minute)
}

fn staff(n: u64) -> StaffId {
    StaffId(Uuid::from_u128(n.into()))
}

/// People 10… are on call, 20… lead, 30… are sergeants.
fn crew(dice: &mut Dice) -> People {
    let some = |from: u64, many: u64| (from..from + many).map(staff).collect();
    People { on_call: some(10, dice.roll(4)), leads: some(20, dice.roll(3)), sergeants: some(30, 1 + dice.roll(2)) }
}

/// One referral, the people around it and the server that looks at it.
struct World {
    dice: Dice,
    ladder: Ladder,
    people: People,
    history: History,
    look: DateTime<Utc>,
    down_until: i64,
    /// Whom a push has reached.
    reached: BTreeSet<StaffId>,
    /// When the server stood still, or the people changed, for the last time.
    unsettled: i64,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let people = crew(&mut dice);
        let (ladder, history) = (Ladder::default(), History::new(at(0)));
        Self { dice, ladder, people, history, look: at(0), down_until: 0, reached: BTreeSet::new(), unsettled: 0 }
    }

    /// Somebody does something; true if they take the referral.
    fn someone_acts(&mut self, minute: i64) -> bool {
        let reached: Vec<StaffId> = self.reached.iter().copied().collect();
        for who in reached {
            match self.dice.roll(40) {
                0 => return true,
                1..=6 => drop(self.history.seen.insert(who, at(minute))),
                // Sergeants have no such button.
                7 | 8 if who < staff(30) => {
                    self.history.declined.insert(who);
                    self.unsettled = minute;
                }
                _ => {}
            }
        }
        if self.dice.one_in(25) {
            // The shift changes, or someone leaves the program.
            self.people = crew(&mut self.dice);
            self.unsettled = minute;
        }
        if self.dice.one_in(30) {
            self.history.held = !self.history.held;
        }
        false
    }

    /// The server looks, if it runs and its timer is due. It may stop at any moment; its rows stay.
    fn server_looks(&mut self, minute: i64) {
        if self.dice.one_in(60) {
            self.down_until = minute + i64::try_from(self.dice.roll(45)).unwrap();
        }
        if minute < self.down_until {
            self.unsettled = minute;
            return;
        }
        if at(minute) >= self.look {
            let plan = plan(&self.ladder, &self.people, &self.history, at(minute));
            for due in plan.due {
                self.history.told.push(Told { staff: due.staff, rung: due.rung, at: at(minute) });
                if !self.dice.one_in(3) {
                    self.reached.insert(due.staff);
                }
            }
            self.look = plan.next;
        }
    }

    /// Who could still take it, or hear that nobody does.
    fn able(&self, list: &[StaffId]) -> Vec<StaffId> {
        list.iter().copied().filter(|who| !self.history.declined.contains(who)).collect()
    }

    /// Looks whether the ladder keeps its word at a minute, after the server has looked.
    fn holds(&self, minute: i64) -> Result<(), String> {
        let told = |who: &StaffId| self.history.told.iter().any(|told| told.staff == *who);
        let above: Vec<StaffId> = self.able(&[self.people.leads.clone(), self.people.sergeants.clone()].concat());
        let limit = self.ladder.rungs.iter().find(|rung| rung.who.escalates()).unwrap().after_min;
        if minute >= i64::from(limit) && !above.iter().any(told) {
            return Err(format!("unowned for {minute} min, and nobody above those on call has heard of it"));
        }
        if let Some(last) = self.history.told.iter().map(|told| told.at).max()
            && at(minute) - last > TimeDelta::minutes(61)
        {
            return Err(format!("forgotten: for an hour nobody was told, at {minute} min"));
        }
        Ok(())
    }
}

/// Lives through one schedule.
fn live(seed: u64) -> Result<(), String> {
    let mut world = World::new(seed);
    for minute in 0..MINUTES {
        if world.someone_acts(minute) {
            return Ok(());
        }
        world.server_looks(minute);
        // Whatever moved, the server looks within the repeat interval.
        if minute - world.unsettled > i64::from(world.ladder.repeat_min) {
            world.holds(minute).map_err(|what| format!("seed {seed}: {what}"))?;
        }
    }
    Ok(())
}

#[test]
fn no_referral_is_ever_unowned_past_its_limit_without_being_escalated() {
    let failures: Vec<String> = (1..=SCHEDULES).filter_map(|seed| live(seed).err()).collect();
    println!("{} failures in {SCHEDULES} schedules", failures.len());
    assert!(failures.is_empty(), "{} of {SCHEDULES} schedules: {}", failures.len(), failures[0]);
}

#[cfg(feature = "lab")]
#[test]
fn the_schedules_catch_a_ladder_that_takes_a_look_for_an_acceptance() {
    let gate = "timers::no_referral_is_ever_unowned_past_its_limit_without_being_escalated";
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    let again = again.args([gate, "--exact", "--nocapture"]).env("HANDOFF_PLANTED", "seen_is_accepted");
    let output = again.output().unwrap();
    let status = output.status;
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert!(!status.success() && said.contains("nobody above those on call has heard of it"), "{said}");
}
