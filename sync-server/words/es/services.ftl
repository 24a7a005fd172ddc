# The directory of services.

service-a-new-service = Un servicio nuevo
service-someone-changed-this-service-before = Alguien cambió este servicio antes que usted
service-nothing-of-yours-was-saved = No se guardó nada de lo suyo. Aquí está como es ahora; debajo, en el formulario, está lo que usted escribió.
service-change-what-is-known = Cambiar los datos
service-what-is-known = Datos conocidos
service-not-to-be-used-now = No usar por ahora.
service-hours-are = Horario: { $hours }
service-places = Plazas
service-how-many-are-free-now = ¿Cuántas hay libres ahora?
service-as-they-told-you-when = Según le dijeron cuando llamó. Al lado aparecen su nombre y la hora.
service-what-is-it-for = ¿Para qué sirve?
service-telephone = Teléfono
service-where-to-go = Adónde ir
service-hours = Horario
service-such-as-mo-fr-09 = Por ejemplo Mo-Fr 09:00-17:00; Sa 10:00-14:00, o 24/7 (Mo, Tu, We, Th, Fr, Sa, Su: de lunes a domingo)
service-places-in-all = Plazas en total
service-capacity-hint = Si se cuenta por plazas, hasta { $n }
service-what-to-bring-whom-to = Qué llevar, por quién preguntar
service-it-may-be-used-now = Se puede usar ahora
services-show = Mostrar
services-no-service-is-listed = No hay servicios en la lista
services-add-one-or-load-them = Añada uno o cárguelos desde un archivo.
services-the-lead-case-manager-keeps = La coordinación mantiene esta lista.
services-not-to-be-used-now = No usar por ahora
services-add-a-service = Añadir un servicio
services-load-services-from-a-file = Cargar servicios desde un archivo
services-all = Todos
services-hours-not-known-call-first = Horario desconocido: llame antes
services-always-open = Siempre abierto
services-open-until = Abierto hasta { $when }
services-closed-this-week = Cerrado esta semana
services-opens = Cerrado, abre { $when }
services-somebody = alguien
services-free-of = { $n ->
    [one] 1 de { $all } plazas libre
   *[other] { $n } de { $all } plazas libres
    }, { $when }, según { $name }
services-free = { $n ->
    [one] 1 plaza libre
   *[other] { $n } plazas libres
    }, { $when }, según { $name }
services-never-asked = { $n ->
    [one] 1 plaza
   *[other] { $n } plazas
    }; nadie ha preguntado cuántas hay libres
services-write-a-whole-number-or = Escriba un número entero, o nada.
services-choose-what-it-is-for = Elija para qué sirve.
services-whole-number = Escriba un número entero de 0 a { $most }.
services-another-service-of-this-kind = Otro servicio de este tipo tiene ese nombre.
services-full = Ya hay { $n } servicios.
listed-empty = está vacío
listed-more-than = es más de { $n }
listed-hours = no se puede leer; escríbalo así: Mo-Fr 09:00-17:00; Sa 10:00-14:00, o 24/7
listed-no-digit = no tiene ninguna cifra del 0 al 9: un teléfono no podría marcarlo
