# The log, a decision, the devices.

log-log-of-decisions = Registro de decisiones
log-more-of-the-log = Más del registro
log-devices = Dispositivos
log-export-the-log = Exportar el registro
log-the-log-was-tampered-with = El registro fue alterado
log-no-decision-here = No hay decisiones aquí
log-decisions-appear-as-the-phones = Las decisiones aparecen a medida que llegan de los teléfonos.
log-pages-of-the-log = Páginas del registro
log-by-what-to-look-at = Por lo que hay que revisar
log-decisions-newest-first = Decisiones, primero la más nueva
log-when = Cuándo
log-verdict = Resultado
log-decision = Decisión
log-to-look-at = Por revisar
log-open-decision = , abrir la decisión
log-restored = El registro se restauró: las entradas { $from }–{ $to } de la época { $epoch } no están aquí
log-came-again = Los teléfonos enviaron otra vez { $n } de { $all }. Lo que se hizo en la consola en ese tiempo no vuelve.
log-phones-wait = { $n ->
    [one] 1 teléfono espera a un administrador
   *[other] { $n } teléfonos esperan a un administrador
    }
log-they-deliver-and-hear-nothing = Entregan, y no reciben nada hasta que se confirme qué teléfonos pueden leer.
log-not-reviewed-yet = Sin revisar aún
log-confirmed = Confirmada
log-outside = Fuera de { $zone }
log-edge = En el límite de { $zone }
log-override = Excepción
log-the-decision-departs-from-the = La decisión se aparta del resultado, por decisión de un supervisor.
log-unsure-place = Lugar incierto
log-the-position-touches-a-boundary = La ubicación toca un límite, era antigua o fue simulada.
log-came-late = Llegó tarde
log-it-reached-us-more-than = Nos llegó más de 15 minutos después de guardarse.
log-clock-off = Reloj desajustado
log-the-devices-clock-was-more = El reloj del dispositivo difería del nuestro en más de un minuto.
log-rules-disagree = Las reglas difieren
log-the-rules-give-another-result = Las reglas dan aquí otro resultado que en el teléfono.
log-rules-not-known = Reglas desconocidas
log-the-phone-applied-rules-that = El teléfono aplicó reglas que no están aquí, así que no se pudieron comprobar.
log-gap-before-it = Falta algo antes
log-earlier-records-of-this-device = Aún no llegaron registros anteriores de este dispositivo.
log-two-at-one-place = Dos en un mismo lugar
log-another-record-stands-at-the = Otro registro ocupa el mismo lugar en la cadena del dispositivo, como tras restaurar una copia.
log-while-locked = Con el teléfono bloqueado
log-it-was-recorded-while-the = Se registró con el teléfono bloqueado, para el agente del turno.
log-anothers-device = Dispositivo de otro agente
log-the-device-was-enrolled-for = El dispositivo se inscribió para otro agente.
log-officer-not-known = Agente desconocido
log-the-roster-was-restored-from = La lista de personal se restauró de una copia y no incluye a este agente. Cárguela de nuevo.
log-amended = Enmendada
log-a-late-position-or-a = Después de la decisión llegó una ubicación tardía o una corrección. Se conservan ambas.
log-verdict-changed = Cambió el resultado
log-with-what-was-amended-the = Con lo enmendado, las reglas dan otro resultado.
log-withdrawn = Retirada
log-the-officer-took-it-back = El agente la retiró. Lo que se registró se conserva.
log-clock-moved = Reloj cambiado
log-the-devices-clock-was-changed = El reloj del dispositivo se cambió antes de registrar esto.
log-all = Todas
log-to-review = Por revisar: { $n }
decision-title = Decisión { $n }
decision-confirm-override = Confirmar excepción…
decision-what-the-officer-knew = Lo que sabía el agente
decision-the-record = El registro
decision-proof-that-it-is-in = Prueba de que está en el registro
decision-what-the-rules-said = Lo que dijeron las reglas
decision-the-officers-decision = La decisión del agente
decision-reason = Motivo
decision-supervisor-named = Supervisor indicado
decision-reason-given = Motivo indicado
decision-note = Nota
decision-confirm = Confirmar excepción
decision-nothing-stands-out = Nada llama la atención.
decision-officer = { $name }, unidad { $unit }
decision-accepted = Aceptada por { $name }, { $at }
decision-waiting-for-a-case-manager = Espera a un responsable de caso
decision-position = Ubicación
decision-against-the-zone = Respecto a la zona
decision-cross-street-confirmed = Cruce de calles confirmado
decision-offences = Delitos
decision-drugs = Drogas
decision-criminal-history = Antecedentes penales
decision-earlier-involvement = Participación anterior
decision-months = { $n ->
    [one] { $n } mes
   *[other] { $n } meses
    }
decision-race-or-ethnicity-sex-age = Raza o etnia, sexo, grupo de edad
decision-could-not-be-checked = No se pudieron consultar
decision-convicted = { $what } el { $day }
decision-checked-nothing-found = Consultados, sin resultados
decision-checked = Consultados: { $what }
decision-from-records = según registros
decision-own-observation = observación propia
decision-reliable-information = información fiable
decision-by-own-clock = { $at } según el reloj del propio teléfono, que nada prueba; no antes de { $earliest }
decision-within = { $at }, con un margen de { $n } s
decision-clock-at-the-scene = Reloj en el lugar
decision-clock-moved-before-it = Reloj cambiado antes
decision-place-in-the-log = Lugar en el registro
decision-device = Dispositivo
decision-place-in-the-devices-chain = Lugar en la cadena del dispositivo
decision-referral = Derivación
decision-rules = Reglas
decision-pack = { $id } versión { $version }, { $mark }
decision-zone-file = Archivo de la zona
decision-zone-version = { $id } versión { $version }
decision-entry = Entrada
decision-moved-back = { $length } hacia atrás
decision-moved-ahead = { $length } hacia adelante
devices-no-device-yet = Aún no hay dispositivos
devices-devices-appear-when-they-are = Los dispositivos aparecen cuando se inscriben.
devices-devices-those-with-something-missing = Dispositivos, primero aquellos a los que les falta algo
devices-received = Recibido
devices-on-the-device = En el dispositivo
devices-last-heard = Última señal
devices-nothing-is-missing-below-the = No falta nada por debajo del registro más nuevo de cada dispositivo.
devices-one-missing = 1 registro aún no ha llegado.
devices-many-missing = { $n } registros de { $devices } aún no han llegado.
devices-n = { $n ->
    [one] 1 dispositivo
   *[other] { $n } dispositivos
    }
devices-a-crew = Un equipo
devices-never = Nunca
devices-ago = hace { $time }
devices-file = Archivo { $n }: { $what }
devices-no-record-yet = Aún no hay registros
devices-complete = { $range } completo
devices-missing-for = { $range } falta desde hace { $time }
devices-up-to = recibido hasta { $n }
devices-nothing-unsent = Nada por enviar
devices-unsent = { $n } por enviar, el más antiguo desde hace { $time }
devices-missing = { $n ->
    [one] Falta { $n }
   *[other] Faltan { $n }
    }
devices-twice = { $n } en un lugar ocupado dos veces
devices-revoked = Revocado hace { $time }
devices-waits-to-be-confirmed = Espera confirmación
devices-not-taken = { $n } sin aceptar
devices-set-aside = { $n ->
    [one] 1 archivo apartado
   *[other] { $n } archivos apartados
    }
devices-fast = Reloj adelantado { $time }
devices-slow = Reloj atrasado { $time }
devices-not-heard = Sin señal desde hace { $time }
tampered-fault = La hoja { $epoch }/{ $position } del libro { $what }. Nada de lo que llegó después está firmado. Avise a quien administra el servidor y conserve la última exportación.
tampered-edited = fue alterada
tampered-missing = falta
tampered-erased = se borró sin constancia
tampered-rewritten = no es lo que se firmó
