# What the scripts say. Each variable is put in by the script.

scripts-typed = You had typed: { $text }
scripts-fresh = New referral: { $list }
scripts-live = Live
scripts-slow = Up to date a moment ago. Going live again.
scripts-off = No connection. This page may be old. Trying again.
scripts-begun = Not sent yet. Press again when you are done.
scripts-unsent = No connection: not sent yet. It stays on this page and is sent when there is one.
scripts-too-long = This file is too long for a page. Load it with handoff-server import.
scripts-not-utf-8 = This file is not in UTF-8. Save it as CSV in UTF-8.
scripts-no-push = This browser cannot be told when it is closed. On an iPhone or iPad, add Handoff to the home screen first.
scripts-this-browser = { $name } (this browser)
scripts-is-told = This browser is told.
scripts-not-allowed = This browser may not show notices from here. Allow it in the browser's settings, then press again.
scripts-no-service = This browser's push service cannot be reached now. Check the connection, then press again.
scripts-open-to-see = Open Handoff to see it.
scripts-not-told = Not told any more
scripts-add-again = Open Handoff, then "{ $page }", and add this browser again.
