# How someone is told, and what tells them.

me-what-you-are-told-says = Los avisos solo dicen que una derivación espera. De este servidor no sale ningún nombre ni nada de lo ocurrido: eso lo ve usted después de abrir la consola e iniciar sesión.
me-tell-me-by = Avísenme por
me-if-none-of-these-can = Si nada de esto llega a usted, las páginas abiertas le avisan de todos modos.
me-browsers-that-are-told-when = Navegadores que reciben avisos aunque estén cerrados
me-since = desde el { $day }
me-take-it-off-the-list = Quitarlo de la lista
me-the-browsers-maker-passes-the = El fabricante del navegador transmite el mensaje y no puede leerlo. En un teléfono, añada Handoff a la pantalla de inicio y luego presione aquí.
me-tell-this-browser = Avisar en este navegador
me-this-needs-scripts-which-are = Esto necesita scripts, que están desactivados en este navegador.
me-open-pages = Páginas abiertas
me-browsers-also-when-closed = Navegadores, aunque estén cerrados
me-a-program-of-the-agency = Un programa de la agencia
me-mail = Correo electrónico
me-no-address-yet-whoever-runs = Aún sin dirección. Quien administra el programa puede añadirla.
me-at = En { $address }.
me-an-alert-on-every-page = Un aviso en cada página de la consola que tenga abierta.
me-browsers = { $n ->
    [0] Ninguno aún. Añada abajo el que está usando.
    [one] Uno, abajo en la lista.
   *[other] { $n }, abajo en la lista.
    }
me-chrome = Chrome o uno emparentado
me-this-browser-gave-no-address = Este navegador no dio ninguna dirección a la que se pueda avisar.
told-referral = Nueva derivación
told-gap = Nadie está de guardia
told-swap = Se ofrece un turno
told-mail-referral = Una derivación espera a que alguien la tome.
told-mail-gap = Nadie está de guardia, ahora o en las próximas 72 horas. Complete las guardias.
told-mail-swap = Se ofrece un turno de guardia. Tómelo si puede.
told-mail-look = Vea aquí: { $address }
told-mail-nothing = Este mensaje no contiene nada sobre nadie.
me-language = Idioma / Language
