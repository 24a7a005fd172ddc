# A referral, and what came to it.

accept-choose-where-you-will-meet = Elija dónde será el encuentro.
accept-write-where-you-will-meet = Escriba dónde será el encuentro.
accept-choose-when-you-will-be = Elija cuándo llegará.
accept-write-the-time-as-hours = Escriba la hora en horas y minutos, por ejemplo 22:40.
accept-this-time-does-not-exist = Esa hora no existe hoy.
accept-this-is-more-than-12 = Faltan más de 12 horas. Revise la hora.
accept-choose-why = Elija el motivo.
accept-take-out-what-cannot-be = Quite lo que no se puede leer.
accept-shorten-this-to-500-letters = Acórtelo a 500 letras.
referral-the-officer-took-this-back = El agente retiró esta derivación
referral-nobody-needs-to-go = { $why } Nadie tiene que ir. Lo que se registró se conserva.
referral-accept-jump = Aceptar…
referral-before-you-walk-up = Antes de acercarse
referral-whom-it-was-put-to = A quién se avisó
referral-what-was-recorded-stays-as = Lo que se registró queda como estaba.
referral-every-rule-with-its-reason = Cada regla, con su motivo
referral-call-the-officer = Llame al agente
referral-someone-said-yes-and-waits = Alguien dijo que sí y espera, pero lo que escribió el agente no se abre con las claves de este servidor.
referral-it-is-kept-as-it = Se conserva como llegó. Avise a quien administra el servidor. La hora que ponga aquí es UTC.
referral-how-to-find-them = Cómo encontrarle
referral-needs-tonight = Necesita esta noche
referral-consent-to-share-this = Consentimiento para compartir esto
referral-the-encounter = La intervención
referral-where = Dónde
referral-about = Motivo
referral-door = Vía de entrada
referral-incident = Incidente
referral-what-the-rules-say = Lo que dicen las reglas
referral-on-a-word = Se ofreció por decisión de un supervisor.
referral-you-have-this-referral = Usted tiene esta derivación
referral-open-the-case = Abrir el expediente
referral-someone-was-faster = Alguien se adelantó
referral-lost = { $who }. No se cambió nada.
referral-someone-else-has-this-referral = Otra persona tiene esta derivación
referral-at-a-time = A una hora
referral-at-the-scene = En el lugar
referral-elsewhere = En otro sitio
referral-accept-this-referral = Aceptar esta derivación
referral-you-will-be-there-in = Usted llegará en
referral-time = Hora
referral-you-will-meet = El encuentro será
referral-where-or-a-note = Dónde, o una nota
referral-stays-with-the-program-the = Queda en el programa. El agente ve su nombre y la hora, no esto.
referral-accept = Aceptar
referral-the-officer = El agente
referral-of-unit = , unidad { $unit }
referral-call = Llamar al { $number }
referral-no-number-to-call-was = No se dio ningún número.
referral-so-far = Hasta ahora
referral-received-here = Recibido aquí
referral-fix = { $position }, a menos de { $radius } m
referral-years = { $n ->
    [one] { $n } año
   *[other] { $n } años
    }
referral-years-born = { $n ->
    [one] { $n } año
   *[other] { $n } años
    }, nació el { $date }
referral-born = Nació el { $date }
referral-consent-given = Lo dio, { $manner }, { $at }
referral-consent-refused = No lo dio, { $manner }, { $at }
referral-you-are = Usted tiene un { $meet }. El teléfono del agente lo muestra.
referral-no-meeting = No se fijó ningún encuentro. El teléfono del agente lo muestra.
referral-encounter = Intervención
referral-saved-on-the-phone = Guardado en el teléfono
referral-accepted-by = Aceptada por { $name }
referral-accepted-note = Aceptada por { $name }: { $note }
after-the-officer-took-it-back = El agente la retiró
after-taken-back-why = Retirada: { $why }
after-a-step-of-the-hand = Un paso de la entrega
after-an-amendment = Una enmienda
after-taken-back = Retirada
after-a-decision = Una decisión
after-not-known = Se desconoce
place-place-not-known = Lugar desconocido
place-inside = { $zone }, a { $metres } m de { $edge }
place-outside = { $metres } m fuera de { $zone }, más allá de { $edge }
place-unsure = En el límite de { $zone }, a { $metres } m de { $edge }
place-drug-unweighed = { $class }, peso desconocido
place-drug-weighed = { $class }, { $grams } g, peso medido
place-drug-estimated = { $class }, { $grams } g, peso estimado
