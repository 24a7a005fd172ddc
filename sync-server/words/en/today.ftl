# Today: what needs a case manager, by the clock that runs out first.

today-title-count = ({ $n }) Today
today-what-needs-you-by-the = What needs you, by the clock that runs out first
today-nothing-needs-you-now = Nothing needs you now
today-nobody-waits-for-you-and = Nobody waits for you, and nothing is due. Take a breath: what comes next appears here by itself.
today-waiting-for-a-place = Waiting for a place
today-every-caseload-is-full-these = Every caseload is full. These wait behind people who were arrested; whoever has a place again can take one.
today-see-the-inbox = See the inbox
today-see-all-your-cases = See all your cases
today-a-referral-waits-for-you = A referral waits for you
today-accept-it-or-pass-it = Accept it, or pass it on
today-a-referral = A referral
today-look-at-it = Look at it
today-nobody-has-this-referral = Nobody has this referral
today-see-who-was-asked-and = See who was asked, and act
today-meet-them = Meet them
today-you-are-there = You are there
today-record-whether-you-met = Record whether you met
today-not-found-try-again = Not found: try again
today-record-the-next-try = Record the next try
today-intake = Intake
today-record-the-intake = Record the intake
today-intake-not-met-yet = Intake, not met yet
today-open-the-case = Open the case
today-a-step-of-the-plan = A step of the plan
today-update-the-plan = Update the plan
today-you-promised-to-be-in = You promised to be in touch
today-record-the-contact = Record the contact
today-fill-the-rota = Fill the rota
today-30-min-from-the-scene = 30 min from the scene
today-the-agreed-time = the agreed time
today-the-next-try = the next try
today-to-the-gap = to the gap
today-left = { $time } left
today-over = { $time } over
today-days-left = { $n ->
    [one] 1 day left
   *[other] { $n } days left
    }
today-days-over = { $n ->
    [one] 1 day over
   *[other] { $n } days over
    }
today-by = by { $day }
today-all-quiet = All quiet
today-things = { $n ->
    [one] 1 thing
   *[other] { $n } things
    }
today-things-over = { $n ->
    [one] 1 thing
   *[other] { $n } things
    }, { $over } over time
today-in-more-than-a-week = In more than a week: { $n }
today-more-are-due = { $n ->
    [one] 1 more is due after these.
   *[other] { $n } more are due after these.
    }
today-referrals-wait-elsewhere = { $n ->
    [one] 1 referral waits that was put to others.
   *[other] { $n } referrals wait that were put to others.
    }
today-new-you-have-not-looked = New: you have not looked at it yet.
today-you-looked = You looked { $time } ago. Nobody has accepted it.
today-tried = { $n ->
    [one] Tried once, { $last }
   *[other] Tried { $n } times, last { $last }
    }
today-nobody-was-asked-yet = Nobody was asked yet.
today-no-arrival-recorded-yet = No arrival recorded yet.
