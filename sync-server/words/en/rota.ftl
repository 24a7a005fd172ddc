# The rota and its turns.

rota-on-call-rota = On-call rota
rota-turns-of-people-who-are = Turns of people who are not here any more
rota-offered-who-takes-them = Offered: who takes them?
rota-today = today
rota-nobody-on-call = Nobody on call
rota-offered-mark = (offered)
rota-nothing-was-changed = Nothing was changed
rota-look-at-what-is-marked = Look at what is marked below.
rota-add-a-turn = Add a turn
rota-from = From
rota-until = Until
rota-place-in-the-order-of = Place in the order of call
rota-add-to-the-rota = Add to the rota
rota-load-a-rota-from-a = Load a rota from a file
rota-load-people-from-a-file = Load people from a file
rota-choose = Choose
rota-nobody-from = Nobody is on call from { $when }
rota-and-more = And { $n } more within 72 hours.
rota-a-turn-on-call-is = A turn on call is offered
rota-see-it-on-the-rota = See it on the rota
rota-gap-now-until = Now until { $until }.
rota-gap-now-on = Now, and nobody after that.
rota-gap-until = { $from } until { $until }.
rota-gap-on = { $from }, and nobody after that.
rota-turn-time = { $from } until { $until }
rota-place = { $n ->
    [1] 1st
    [2] 2nd
    [3] 3rd
   *[other] { $n }th
    }
rota-times = Times are the site's own, now { $offset } from UTC.
rota-this-week = This week
rota-week-of = Week of { $day }
rota-overlap = { $from } until { $until }: two are { $place }. The one listed first is called first.
rota-the-clocks-go-forward = The clocks go forward.
rota-the-clocks-go-back = The clocks go back.
rota-all-day = All day
turn-a-turn-on-call = A turn on call
turn-someone-changed-this-turn-before = Someone changed this turn before you
turn-nothing-of-yours-was-done = Nothing of yours was done. Look at both, and do it again if it is still right.
turn-as-you-saw-it = As you saw it
turn-as-it-is-now = As it is now
turn-it-is-not-in-the = It is not in the rota any more.
turn-called = { $when }, called { $place }
turn-offered-to-the-others = Offered to the others.
turn-offer-it-to-the-others = Offer it to the others
turn-you-stay-on-call-until = You stay on call until someone takes it.
turn-keep-it-after-all = Keep it after all
turn-take-this-turn = Take this turn
turn-you-are-on-call-then = You are on call then, in this place of the order.
turn-put-someone-else-in-this = Put someone else in this place
turn-give-them-this-turn = Give them this turn
turn-take-it-out-of-the = Take it out of the rota
turn-take-it-out = Take it out
rota-choose-who-is-on-call = Choose who is on call.
rota-choose-a-place-in-the = Choose a place in the order of call.
rota-this-turn-is-over-already = This turn is over already. Check the dates.
rota-choose-who-takes-it = Choose who takes it.
rota-the-turn-must-end-after = The turn must end after it begins.
rota-a-turn-lasts-a-year = A turn lasts a year at most. Check the dates.
rota-the-order-of-call-is = The order of call is a number from 1 to 9.
