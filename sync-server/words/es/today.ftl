# Today: what needs a case manager, by the clock that runs out first.

today-title-count = ({ $n }) Hoy
today-what-needs-you-by-the = Lo que requiere su atención, primero lo que vence antes
today-nothing-needs-you-now = Ahora nada requiere su atención
today-nobody-waits-for-you-and = Nadie le espera y nada vence. Tómese un respiro: lo siguiente aparecerá aquí solo.
today-waiting-for-a-place = A la espera de un lugar
today-every-caseload-is-full-these = Todas las cargas de casos están completas. Estas esperan detrás de las personas arrestadas; quien vuelva a tener lugar puede tomar una.
today-see-the-inbox = Ver la bandeja
today-see-all-your-cases = Ver todos sus casos
today-a-referral-waits-for-you = Una derivación le espera
today-accept-it-or-pass-it = Acéptela o pásela
today-a-referral = Una derivación
today-look-at-it = Verla
today-nobody-has-this-referral = Nadie tiene esta derivación
today-see-who-was-asked-and = Vea a quién se avisó y actúe
today-meet-them = Ir al encuentro
today-you-are-there = Usted está en el lugar
today-record-whether-you-met = Registrar si hubo encuentro
today-not-found-try-again = No se le encontró: inténtelo otra vez
today-record-the-next-try = Registrar el próximo intento
today-intake = Evaluación inicial
today-record-the-intake = Registrar la evaluación inicial
today-intake-not-met-yet = Evaluación inicial, sin encuentro aún
today-open-the-case = Abrir el expediente
today-a-step-of-the-plan = Un paso del plan
today-update-the-plan = Actualizar el plan
today-you-promised-to-be-in = Usted prometió comunicarse
today-record-the-contact = Registrar el contacto
today-fill-the-rota = Completar las guardias
today-30-min-from-the-scene = 30 min desde el lugar
today-the-agreed-time = la hora acordada
today-the-next-try = el próximo intento
today-to-the-gap = guardia sin cubrir
today-left = dentro de { $time }
today-over = venció hace { $time }
today-days-left = { $n ->
    [one] queda 1 día
   *[other] quedan { $n } días
    }
today-days-over = { $n ->
    [one] 1 día de retraso
   *[other] { $n } días de retraso
    }
today-by = hasta el { $day }
today-all-quiet = Todo tranquilo
today-things = { $n ->
    [one] 1 asunto
   *[other] { $n } asuntos
    }
today-things-over = { $n ->
    [one] 1 asunto
   *[other] { $n } asuntos
    }, { $over } fuera de plazo
today-in-more-than-a-week = En más de una semana: { $n }
today-more-are-due = { $n ->
    [one] 1 más vence después de estos.
   *[other] { $n } más vencen después de estos.
    }
today-referrals-wait-elsewhere = { $n ->
    [one] Espera 1 derivación que se ofreció a otras personas.
   *[other] Esperan { $n } derivaciones que se ofrecieron a otras personas.
    }
today-new-you-have-not-looked = Nueva: usted todavía no la ha visto.
today-you-looked = Usted la vio hace { $time }. Nadie la ha aceptado.
today-tried = { $n ->
    [one] Un intento: { $last }
   *[other] { $n } intentos, el último: { $last }
    }
today-nobody-was-asked-yet = Aún no se avisó a nadie.
today-no-arrival-recorded-yet = Aún no consta la llegada.
