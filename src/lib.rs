//! Handoff: from the scene to a case manager, and nothing is lost on the way.
//!
//! An officer's encounter is assessed by the site's rules, decided by the officer, signed, sealed to the
//! agency, kept in the outbox, and sent when there is a link. The server verifies it, replays the
//! assessment, makes the case and answers with a receipt. Data flows that one way; status flows back by
//! the feed, and nothing else crosses the wire.
//!
//! Layers, each a module that may use only what stands to its right:
//! `ui -> sync -> store -> outbox -> seal -> domain`. [`platform`] is the outside world, for `ui` and
//! `sync`; keys and randomness it takes from `seal`. [`cli`] stands beside `ui`, [`assets`] are files.
//! The server takes `domain`, `seal`, for its pages `ui::parts`, for its demo the files, and in tests [`lab`].
//!
//! # Invariants
//! What must never be broken, and the tests that hold it. Read this page before you change anything.
//!
//! 1. "Saved" is shown only after the signed and sealed entry is committed with `synchronous=FULL`.
//!    Held by `settings_that_keep_a_commit_through_a_power_cut_are_in_force`,
//!    `a_commit_that_fails_gives_no_saved`, `a_full_disk_saves_nothing_and_says_so` and, where the drive
//!    forgets what was not flushed, `a_phone_that_loses_power_at_any_moment_keeps_what_it_said_is_saved`.
//! 2. Only a receipt that the server signed for that very entry clears it. A 200, a captive portal or a
//!    proxy never does. What a restored server lost waits again, by itself. Held by
//!    `only_the_pinned_keys_receipt_for_this_entry_clears_it`, `every_status_has_its_action` and
//!    `what_a_restored_server_lost_is_offered_again_by_itself_once_and_with_its_void_receipt`.
//! 3. What has no receipt stays on the device, whatever happens to the rest, and what has one stays until long
//!    after it was in a backup. A full disk stops recording last. A file that cannot be read is
//!    set aside under another name, shown and counted. Held by `a_file_that_is_no_database_is_kept_and_named`,
//!    `an_outbox_that_breaks_while_open_is_kept_each_time_and_saving_goes_on`,
//!    `a_vault_whose_key_is_gone_is_kept_whole_named_and_counted_and_a_new_one_is_made`,
//!    `a_newer_file_is_refused_in_a_sentence_and_left_as_it_is`,
//!    `sealed_bytes_stay_for_thirty_days_after_the_backup_that_holds_them`,
//!    `a_full_disk_stops_recording_only_when_the_reserve_is_gone_and_leaves_nothing_half_written`,
//!    `a_file_of_every_older_format_opens_with_all_it_holds_and_is_then_as_a_new_one` and
//!    `a_draft_survives_and_a_record_is_never_overwritten_or_discarded`.
//! 4. Recording waits for nothing: not for a network, a position or an unlock. While locked, new encounters
//!    are kept under a key of the device, and older ones stay hidden. A position that comes late is an
//!    amendment: an entry of its own. Held by `without_any_source_there_is_no_fix_and_no_wait`,
//!    `a_vault_that_fails_while_open_stops_neither_typing_nor_the_record`, `a_lock_hides_every_name_until_the_right_secret_is_given`,
//!    `what_was_typed_while_locked_moves_over_and_the_newer_text_wins`,
//!    `a_locked_phone_records_what_comes_after_a_decision_and_shows_none_of_it`,
//!    `a_place_is_set_by_hand_long_after_the_save_and_while_locked_only_of_what_came_since` and
//!    `a_fix_that_comes_late_amends_by_itself_only_soon_and_only_where_it_settles`.
//! 5. Sending needs no unlock and no good standing: a locked phone delivers, and so does a revoked one, which
//!    reads nothing: at the server's signed word, and at nothing less, its keys that read go, before a kill
//!    or after it. Held by `a_revoked_phone_reads_nothing_and_still_delivers`,
//!    `a_signed_revocation_takes_the_keys_that_read_and_leaves_recording_and_sending`,
//!    `a_kill_while_keys_are_destroyed_leaves_a_phone_that_reads_nothing` and
//!    `a_refusal_without_the_servers_signature_destroys_nothing`.
//! 6. One function assesses, for phone, server and command line, and gives the same bytes in all three. The
//!    server works every assessment out again and flags a difference; it refuses none for it. Held by
//!    `the_same_facts_give_the_same_bytes`, `the_command_prints_the_assessment_that_is_stored` and
//!    `a_replay_that_disagrees_and_rules_that_nobody_knows_are_flagged_and_taken`.
//! 7. Each accepted offer makes exactly one case, however often its entry comes; other decisions make none.
//!    What comes after a decision joins it, in whichever order they arrive, and changes nothing of it: both
//!    verdicts stay, and a withdrawal closes the case without deleting it.
//!    Held by `an_accepted_offer_makes_one_case_and_the_phone_hears_who_took_it`,
//!    `decisions_without_an_accepted_offer_make_no_case`,
//!    `what_comes_before_its_decision_is_kept_and_joined_when_that_comes`,
//!    `an_amendment_stands_beside_its_decision_with_its_own_verdict` and
//!    `a_withdrawal_closes_the_case_and_deletes_nothing`.
//! 8. Every referral is accepted by a person, once, or escalated in bounded time, across restarts and several servers,
//!    on both engines: who is told and when is the pack's ladder, to look is not to take, and nobody on call is an
//!    alarm, 72 hours ahead. Whoever comes second is told who has it. Held by `a_referral_is_accepted_once`,
//!    `no_referral_is_ever_unowned_past_its_limit_without_being_escalated`,
//!    `a_referral_that_nobody_takes_climbs_to_the_sergeant_and_is_quiet_once_someone_has_it`,
//!    `timers_survive_a_restart_and_what_fell_due_meanwhile_is_told_at_the_start`,
//!    `of_two_servers_on_one_database_each_round_is_told_once`,
//!    `one_who_stands_still_past_the_lease_does_no_harm`,
//!    `when_nobody_is_on_call_the_lead_hears_at_once_and_the_inbox_is_red` and
//!    `a_gap_within_72_hours_is_told_once_to_the_leads_and_again_when_it_opens_anew`.
//! 9. Every act and every read of a person's data is an event, and no event holds a name. A decision without
//!    an accepted offer names nobody at all. Held by `no_name_stands_in_clear_in_any_file_or_event` and
//!    `only_an_accepted_offer_may_name_a_person_and_it_must`. Every entry and every event has a leaf in the
//!    ledger, a salted commitment: what was changed, dropped or moved since is never signed and shows in an
//!    export, and erasing a person leaves every proof valid. Held by
//!    `a_leaf_whose_record_was_changed_in_the_database_is_never_signed`, `an_export_proves_itself_and_names_nobody`,
//!    `after_one_person_was_erased_every_proof_is_still_valid` and
//!    `who_reads_while_records_are_erased_sees_each_before_or_after_and_every_proof_holds`.
//! 10. Rules are pure: times, ids and files come into [`domain`] as arguments. SQL stands in stores alone, and
//!     a site stands in data alone. Held by `layers_use_only_the_outside_parts_that_are_theirs`, `only_stores_write_sql`,
//!     `clocks_are_read_in_one_place_of_each_program` and `no_site_is_named_in_code`.
//! 11. Any number of servers share one database. One that dies, or a database that breaks off, takes nothing
//!     with it that was acknowledged, and nothing is stored twice. Held by
//!     `of_two_servers_on_one_database_killed_again_and_again_nothing_is_lost_or_doubled`,
//!     `a_database_that_breaks_off_and_comes_back_under_load_keeps_what_was_acknowledged`,
//!     `sessions_that_are_ended_again_and_again_under_load_take_nothing_with_them_that_was_acknowledged` and
//!     `a_server_that_stands_still_in_a_transaction_loses_the_lock_and_nothing_else`.
//! 12. Each phone is a witness of the server's log: what it is told must follow what it saw. A contradiction is
//!     kept with both sides, shown, and never overwritten. Held by
//!     `a_log_that_only_grew_follows_and_one_that_was_changed_never_does` and
//!     `a_log_that_was_rewritten_is_an_alarm_that_stays_and_both_notes_are_kept`.
//! 13. Whatever older copy is put in the server's place, and however: what a phone saved comes back and is stored
//!     once, what is lost is counted and shown, no place of the log is vouched for twice, and nobody reads before
//!     an administrator has looked. Held by `real_phones_bring_back_what_a_restored_server_lost`,
//!     `old_files_copied_back_by_hand_are_found_out_before_anyone_is_served`,
//!     `a_server_that_served_from_an_old_copy_learns_it_from_the_first_phone_that_saw_more` and
//!     `what_was_erased_after_the_backup_stays_erased`.
//! 14. What tells a person outside the console says that a referral waits, that nobody is on call or that a turn is
//!     offered, and no more; it is only a hint to look. It goes encrypted or signed, to public addresses unless the site says otherwise. Held by
//!     `a_push_service_that_verifies_takes_it_and_the_browser_reads_new_referral_and_nothing_else`,
//!     `a_receiver_that_checks_takes_it_and_refuses_what_is_forged_old_or_sent_again`,
//!     `a_mail_says_that_a_referral_waits_and_where_to_look_and_nothing_else` and
//!     `a_private_address_is_not_called_however_it_is_written`.
//! 15. Outside the program everyone sees status only, but for what a release lets out while it holds: one function says
//!     so, for page, file and feed, and no word of a note is ever in it. A withdrawal counts from its commit, both acts
//!     stay, and what is released carries the notice of 42 CFR 2.32. Held by
//!     `without_a_release_police_and_prosecutors_see_status_only`,
//!     `each_role_sees_what_was_released_to_it_and_nothing_that_was_released_to_another`,
//!     `what_is_released_is_seen_by_its_receiver_with_the_notice_until_it_is_withdrawn` and
//!     `an_officer_hears_who_the_case_manager_is_only_while_a_release_allows_it`.
//! 16. Two referrals are of one person when a case manager says so, never by themselves, and to take the word back
//!     restores both to the letter. Nothing by which people are matched is kept at rest. Held by
//!     `who_may_be_one_person_is_offered_with_the_reason_and_never_put_together_by_itself`,
//!     `the_same_person_is_one_view_and_to_undo_it_restores_both_exactly` and
//!     `nothing_by_which_people_are_matched_is_kept_and_an_erased_person_is_matched_no_more`.
// Not `forbid`: two files of `platform` call the phone's own system, each with its reason.
#![deny(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::wildcard_enum_match_arm,
        reason = "a test may stop at the first surprise"
    )
)]

pub mod assets;
#[cfg(feature = "cli")]
pub mod cli;
pub mod domain;
pub mod lab;
pub mod outbox;
#[cfg(feature = "sync")]
pub mod platform;
pub mod seal;
#[cfg(feature = "store")]
pub mod store;
#[cfg(feature = "sync")]
pub mod sync;
#[cfg(feature = "parts")]
pub mod ui;
