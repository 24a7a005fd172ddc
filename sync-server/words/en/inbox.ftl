# The inbox, and where a referral stands that nobody has taken.

inbox-title-waiting = ({ $n }) Inbox
inbox-inbox = Inbox
inbox-people-wait = { $n ->
    [0] Nobody waits
    [one] 1 person waits
   *[other] { $n } people wait
    }
inbox-no-referral-waits = No referral waits
inbox-a-new-one-appears-here = A new one appears here by itself, within seconds of the officer's phone reaching us.
inbox-accepted-by-you = Accepted by you
inbox-you-have-accepted-none-yet = You have accepted none yet.
inbox-accepted-by-others = Accepted by others
inbox-others-have-accepted-none-yet = Others have accepted none yet.
inbox-taken-back-by-the-officer = Taken back by the officer
inbox-waiting = waiting
inbox-open-again-the-server-was = Open again: the server was restored. Someone may have this person already: ask first.
inbox-hazard = Hazard
inbox-needs = Needs
inbox-speaks = Speaks
ladder-referrals-wait = { $n ->
    [one] A referral waits for you
   *[other] { $n } referrals wait for you
    }
ladder-look-now = Look now
ladder-here-for = Here for
ladder-nobody-is-on-call = Nobody is on call
ladder-a-referral-goes-to-the = A referral goes to the lead case manager at once. Fill the rota.
ladder-to-the-rota = To the rota
ladder-every-caseload-is-full-it = Every caseload is full: it waits behind arrests.
ladder-there-is-nobody-on-the = There is nobody on the ladder to tell.
ladder-pass-it-on = Pass it on
ladder-you-passed-it-on-the = You passed it on. The next one was told. You can still accept it.
ladder-i-cannot-take-it = I cannot take it
ladder-why = Why
ladder-title-waiting = ({ $n }) Waiting
ladder-nobody-has-taken-these = Nobody has taken these
ladder-no-referral-was-escalated = No referral was escalated
ladder-one-that-no-case-manager = One that no case manager takes in time appears here by itself.
ladder-since-the-encounter = since the encounter
inbox-does-not-open = A record that cannot be opened
inbox-meeting-scene = meeting at { $at } at the scene
inbox-meeting-elsewhere = meeting at { $at } elsewhere
ladder-next = Next: { $who }, in { $time }
ladder-came-late = Came here { $min } min after the encounter
ladder-ended-after = Ended after { $min } min
ladder-there-after = There after { $min } min
ladder-told-declined = { $name }, { $n ->
    [one] tried once
   *[other] tried { $n } times
    }, declined
ladder-told-looked = { $name }, { $n ->
    [one] tried once
   *[other] tried { $n } times
    }, has looked
ladder-told-not-looked = { $name }, { $n ->
    [one] tried once
   *[other] tried { $n } times
    }, has not looked
ladder-on-call = on call
ladder-next-on-call = next on call
ladder-lead = lead case manager
ladder-sergeant = sergeant
ladder-escalated-on-call = Escalated to the on call
ladder-escalated-next = Escalated to the next on call
ladder-escalated-lead = Escalated to the lead case manager
ladder-escalated-sergeant = Escalated to the sergeant
ladder-with-someone-else-now = With someone else now
ladder-too-far-to-be-there = Too far to be there in time
ladder-not-at-work = Not at work
ladder-caseload-is-full = Caseload is full
ladder-should-not-meet-this-person = Should not meet this person
ladder-looked = { $name } looked
ladder-passed-on = { $name } passed it on: { $why }
ladder-for = For { $name }, { $who }
ladder-was-told = { $name } told, { $by }
ladder-told-again = { $name } told { $n ->
    [one] once more
   *[other] { $n } times more
    }
ladder-not-reached = { $name } could not be reached
ladder-on-an-open-page = on an open page
ladder-by-a-browser = by a browser
ladder-by-a-program-of-the = by a program of the agency
ladder-by-mail = by mail
