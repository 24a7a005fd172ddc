# How someone is told, and what tells them.

me-what-you-are-told-says = What you are told says only that a referral waits. No name, and nothing of what happened, leaves this server: you see that after you have opened the console and signed in.
me-tell-me-by = Tell me by
me-if-none-of-these-can = If none of these can reach you, open pages tell you all the same.
me-browsers-that-are-told-when = Browsers that are told when closed
me-since = since { $day }
me-take-it-off-the-list = Take it off the list
me-the-browsers-maker-passes-the = The browser's maker passes the message on and cannot read it. On a phone, add Handoff to the home screen, then press here.
me-tell-this-browser = Tell this browser
me-this-needs-scripts-which-are = This needs scripts, which are switched off in this browser.
me-open-pages = Open pages
me-browsers-also-when-closed = Browsers, also when closed
me-a-program-of-the-agency = A program of the agency
me-mail = Mail
me-no-address-yet-whoever-runs = No address yet. Whoever runs the program can add one.
me-at = At { $address }.
me-an-alert-on-every-page = An alert on every page of the console that you have open.
me-browsers = { $n ->
    [0] None yet. Add the one that you are using below.
    [one] One, listed below.
   *[other] { $n }, listed below.
    }
me-chrome = Chrome or a relative of it
me-this-browser-gave-no-address = This browser gave no address at which it can be told.
told-referral = New referral
told-gap = Nobody is on call
told-swap = A turn is offered
told-mail-referral = A referral waits for someone to take it.
told-mail-gap = Nobody is on call, now or within the next 72 hours. Fill the rota.
told-mail-swap = A turn of the rota is offered. Take it if you can.
told-mail-look = Look here: { $address }
told-mail-nothing = This message holds nothing about anyone.
me-language = Language / Idioma
