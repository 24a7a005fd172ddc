# The inbox, and where a referral stands that nobody has taken.

inbox-title-waiting = ({ $n }) Bandeja
inbox-inbox = Bandeja
inbox-people-wait = { $n ->
    [0] Nadie espera
    [one] Espera 1 persona
   *[other] Esperan { $n } personas
    }
inbox-no-referral-waits = Ninguna derivación espera
inbox-a-new-one-appears-here = Las nuevas aparecen aquí solas, segundos después de que nos llegue el aviso del teléfono del agente.
inbox-accepted-by-you = Aceptadas por usted
inbox-you-have-accepted-none-yet = Todavía no ha aceptado ninguna.
inbox-accepted-by-others = Aceptadas por otras personas
inbox-others-have-accepted-none-yet = Otras personas no han aceptado ninguna todavía.
inbox-taken-back-by-the-officer = Retiradas por el agente
inbox-waiting = en espera
inbox-open-again-the-server-was = Abierta otra vez: el servidor se restauró. Puede que alguien ya atienda a esta persona: pregunte primero.
inbox-hazard = Peligro
inbox-needs = Necesita
inbox-speaks = Habla
ladder-referrals-wait = { $n ->
    [one] Una derivación le espera
   *[other] { $n } derivaciones le esperan
    }
ladder-look-now = Ver ahora
ladder-here-for = Aquí desde hace
ladder-nobody-is-on-call = Nadie está de guardia
ladder-a-referral-goes-to-the = Cada derivación va de inmediato a la coordinación. Complete las guardias.
ladder-to-the-rota = Ir a las guardias
ladder-every-caseload-is-full-it = Todas las cargas de casos están completas: espera detrás de los arrestos.
ladder-there-is-nobody-on-the = No hay nadie a quien avisar.
ladder-pass-it-on = Pasarla a otra persona
ladder-you-passed-it-on-the = Usted la pasó. Ya se avisó a la siguiente persona. Todavía puede aceptarla.
ladder-i-cannot-take-it = No puedo atenderla
ladder-why = Motivo
ladder-title-waiting = ({ $n }) En espera
ladder-nobody-has-taken-these = Nadie ha tomado estas derivaciones
ladder-no-referral-was-escalated = No se escaló ninguna derivación
ladder-one-that-no-case-manager = Las que ningún responsable de caso toma a tiempo aparecen aquí solas.
ladder-since-the-encounter = desde la intervención
inbox-does-not-open = Un expediente que no se puede abrir
inbox-meeting-scene = encuentro en el lugar: { $at }
inbox-meeting-elsewhere = encuentro en otro sitio: { $at }
ladder-next = Después: { $who }, en { $time }
ladder-came-late = Llegó { $min } min después de la intervención
ladder-ended-after = Terminó a los { $min } min
ladder-there-after = En el lugar a los { $min } min
ladder-told-declined = { $name }: { $n ->
    [one] un aviso
   *[other] { $n } avisos
    }, no la aceptó
ladder-told-looked = { $name }: { $n ->
    [one] un aviso
   *[other] { $n } avisos
    }, ya la vio
ladder-told-not-looked = { $name }: { $n ->
    [one] un aviso
   *[other] { $n } avisos
    }, aún no la ha visto
ladder-on-call = de guardia
ladder-next-on-call = siguiente de guardia
ladder-lead = coordinación
ladder-sergeant = sargento
ladder-escalated-on-call = Escalada a quien está de guardia
ladder-escalated-next = Escalada a la siguiente persona de guardia
ladder-escalated-lead = Escalada a la coordinación
ladder-escalated-sergeant = Escalada al sargento
ladder-with-someone-else-now = Ahora atiendo a otra persona
ladder-too-far-to-be-there = Demasiado lejos para llegar a tiempo
ladder-not-at-work = Fuera de turno
ladder-caseload-is-full = Carga de casos completa
ladder-should-not-meet-this-person = No debo atender a esta persona
ladder-looked = { $name } la vio
ladder-passed-on = { $name } la pasó: { $why }
ladder-for = Para { $name }, { $who }
ladder-was-told = Se avisó a { $name }, { $by }
ladder-told-again = Se avisó a { $name } { $n ->
    [one] una vez más
   *[other] { $n } veces más
    }
ladder-not-reached = No se pudo avisar a { $name }
ladder-on-an-open-page = en una página abierta
ladder-by-a-browser = por un navegador
ladder-by-a-program-of-the = por un programa de la agencia
ladder-by-mail = por correo
