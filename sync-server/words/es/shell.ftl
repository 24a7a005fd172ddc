# The frame of every page, signing in, times and ages.

shell-skip-to-content = Saltar al contenido
shell-not-live-reload-the-page = Sin actualización automática. Vuelva a cargar la página para ver lo nuevo.
shell-console = Consola
shell-how-you-are-told = Cómo recibe los avisos
shell-sign-out = Salir
shell-today = Hoy
shell-more = Más
shell-inbox = Bandeja
shell-cases = Casos
shell-rota = Turnos
shell-services = Servicios
shell-log = Registro
shell-waiting = En espera
shell-referrals = Derivaciones
shell-you-are-signed-out = Su sesión está cerrada
shell-ask-your-program-for-a = Pida a su programa un nuevo enlace de acceso.
shell-go-to-your-own-page = Ir a su página
shell-not-for-your-role = No disponible para su función
shell-this-page-belongs-to-other = Esta página corresponde a otras personas del programa.
shell-not-sent-from-here = No se envió desde aquí
shell-open-the-page-again-and = Abra la página otra vez y envíe el formulario desde allí.
shell-this-form-cannot-be-read = Este formulario no se puede leer
shell-nothing-was-changed-open-the = No se cambió nada. Abra la página otra vez.
shell-this-is-too-long = Es demasiado largo
shell-nothing-was-changed-write-less = No se cambió nada. Escriba menos y envíelo otra vez.
shell-this-page-works-in-another = Esta página funciona de otra manera
shell-open-it-from-a-page = Ábrala desde una página de este servidor.
shell-no-such-page = Esa página no existe
shell-the-address-is-not-one = La dirección no es de este servidor.
shell-the-record-is-kept-as = El expediente se conserva como llegó, pero no se abre con las claves de este servidor. Avise a quien lo administra.
shell-this-record-does-not-open = Este expediente no se abre
shell-not-now = En este momento no
shell-the-server-cannot-answer-now = El servidor no puede responder ahora. Inténtelo otra vez.
shell-this-link-does-not-work = Este enlace no funciona
shell-it-was-used-already-or = Ya se usó o es demasiado antiguo. Pida uno nuevo.
shell-sign-in = Entrar
shell-sign-in-to-handoff = Entrar en Handoff
shell-this-link-was-made-for = Este enlace se hizo para usted y sirve una sola vez. Úselo solo en un dispositivo que sea suyo.
age-under-minute = menos de 1 min
age-minutes = { $n } min
age-hours = { $h } h { $min } min
age-day = 1 día
age-days = { $n } días
date-day = { $day } { $month }
date-day-of-year = { $day } { $month } { $year }
date-weekday-and-day = { $weekday } { $day }
date-month = { $n ->
    [1] ene
    [2] feb
    [3] mar
    [4] abr
    [5] may
    [6] jun
    [7] jul
    [8] ago
    [9] sep
    [10] oct
    [11] nov
   *[other] dic
    }
date-weekday = { $n ->
    [1] lun
    [2] mar
    [3] mié
    [4] jue
    [5] vie
    [6] sáb
   *[other] dom
    }
parts-optional = (opcional)
