# The frame of every page, signing in, times and ages.

shell-skip-to-content = Skip to content
shell-not-live-reload-the-page = Not live. Reload the page for news.
shell-console = Console
shell-how-you-are-told = How you are told
shell-sign-out = Sign out
shell-today = Today
shell-more = More
shell-inbox = Inbox
shell-cases = Cases
shell-rota = Rota
shell-services = Services
shell-log = Log
shell-waiting = Waiting
shell-referrals = Referrals
shell-you-are-signed-out = You are signed out
shell-ask-your-program-for-a = Ask your program for a new sign-in link.
shell-go-to-your-own-page = Go to your own page
shell-not-for-your-role = Not for your role
shell-this-page-belongs-to-other = This page belongs to other people of the program.
shell-not-sent-from-here = Not sent from here
shell-open-the-page-again-and = Open the page again and send the form from there.
shell-this-form-cannot-be-read = This form cannot be read
shell-nothing-was-changed-open-the = Nothing was changed. Open the page again.
shell-this-is-too-long = This is too long
shell-nothing-was-changed-write-less = Nothing was changed. Write less, and send it again.
shell-this-page-works-in-another = This page works in another way
shell-open-it-from-a-page = Open it from a page of this server.
shell-no-such-page = No such page
shell-the-address-is-not-one = The address is not one of this server's.
shell-the-record-is-kept-as = The record is kept as it came, but it does not open with the keys of this server. Tell whoever runs it.
shell-this-record-does-not-open = This record does not open
shell-not-now = Not now
shell-the-server-cannot-answer-now = The server cannot answer now. Try again.
shell-this-link-does-not-work = This link does not work
shell-it-was-used-already-or = It was used already or is too old. Ask for a new one.
shell-sign-in = Sign in
shell-sign-in-to-handoff = Sign in to Handoff
shell-this-link-was-made-for = This link was made for you and works once. Use it only on a device that is yours.
age-under-minute = under 1 min
age-minutes = { $n } min
age-hours = { $h } h { $min } min
age-day = 1 day
age-days = { $n } days
date-day = { $day } { $month }
date-day-of-year = { $day } { $month } { $year }
date-weekday-and-day = { $weekday } { $day }
date-month = { $n ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[other] Dec
    }
date-weekday = { $n ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[other] Sun
    }
parts-optional = (optional)
