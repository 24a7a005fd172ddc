# The words of the fixed codes, in every room.
#
# The terms of the field, as case managers in the United States use them; every file keeps to them. People are
# addressed as `usted`, and a word that fits everyone is taken before one that needs a gender.
#
#   referral             derivación (never "referido", "remisión")
#   to accept, pass on   aceptar, pasar
#   intake               evaluación inicial
#   needs assessment     evaluación de necesidades
#   case                 caso; its page and its papers: expediente
#   case manager         responsable de caso
#   lead case manager    coordinación
#   officer, sergeant    agente, sargento
#   prosecutor           fiscalía
#   encounter            intervención
#   to meet, meeting     encuentro
#   hand-off             entrega
#   scene                el lugar
#   on call, rota, turn  de guardia, guardias, turno
#   zone                 zona
#   release              autorización (para compartir información); to withdraw it: revocar
#   consent              consentimiento
#   service, places      servicio, plazas
#   goal, step           meta, paso
#   verdict              resultado (de las reglas); override: excepción
#   log, ledger          registro, libro
#   device, phone        dispositivo, teléfono
#   to be told           recibir un aviso
#   return to use        regreso al consumo (never "recaída")

codes-eligible = Cumple los requisitos
codes-barred = No cumple los requisitos
codes-needs-a-supervisor = Requiere supervisión
codes-passes = Cumple
codes-bars = Impide
codes-unknown = Se desconoce
codes-inside = Dentro
codes-outside = Fuera
codes-unsure = Sin certeza
codes-arrest = Arresto
codes-social-contact = Contacto social
codes-offered-and-accepted = Ofrecido y aceptado
codes-offered-and-declined = Ofrecido y rechazado
codes-not-offered = No ofrecido
codes-diverted = Se derivó al programa
codes-booked = Ingresó a la cárcel
codes-released = Quedó en libertad
codes-the-rules-bar-it = Las reglas lo impiden
codes-not-interested-now = Sin interés por ahora
codes-too-unwell-to-be-asked = Su estado no permitía preguntarle
codes-no-case-manager-could-come = No pudo acudir ningún responsable de caso
codes-someone-would-be-in-danger = Alguien correría peligro
codes-warrant-or-another-hold = Orden judicial u otra retención
codes-called-away = Tuvo que acudir a otra llamada
codes-wants-a-lawyer-first = Quiere primero un abogado
codes-another-reason = Otro motivo
codes-case-manager-called = Se llamó al responsable de caso
codes-they-answered = Contestó
codes-no-answer = No contestó
codes-case-manager-on-scene = El responsable de caso está en el lugar
codes-hand-off-ended = Terminó la entrega
codes-they-met = Se encontraron
codes-they-did-not-meet = No se encontraron
codes-the-person-left = La persona se fue
codes-booked-after-all = Finalmente ingresó a la cárcel
codes-late-position = Ubicación tardía
codes-correction = Corrección
codes-recorded-in-error = Registro hecho por error
codes-the-person-changed-their-mind = La persona cambió de opinión
codes-they-no-longer-agree-to = Ya no acepta que se compartan sus datos
codes-american-indian-or-alaska-native = Indígena americana o nativa de Alaska
codes-asian = Asiática
codes-black = Negra
codes-hispanic-or-latino = Hispana o latina
codes-middle-eastern-or-north-african = Del Medio Oriente o del norte de África
codes-pacific-islander = De las islas del Pacífico
codes-white = Blanca
codes-more-than-one = Más de una
codes-female = Femenino
codes-male = Masculino
codes-another = Otro
codes-under-18 = Menos de 18 años
codes-18-to-24 = De 18 a 24
codes-25-to-34 = De 25 a 34
codes-35-to-44 = De 35 a 44
codes-45-to-54 = De 45 a 54
codes-55-and-over = 55 o más
codes-food = Comida
codes-shelter = Refugio
codes-medical-care = Atención médica
codes-withdrawal = Síndrome de abstinencia
codes-safety-from-someone = Protección frente a alguien
codes-dry-clothes = Ropa seca
codes-spoken = De palabra
codes-in-writing = Por escrito
codes-through-an-interpreter = Por medio de un intérprete
codes-heroin = Heroína
codes-fentanyl = Fentanilo
codes-cocaine = Cocaína
codes-methamphetamine = Metanfetamina
codes-prescription-opiate = Opioide recetado
codes-cannabis = Cannabis
codes-other-or-not-known = Otra o desconocida
codes-yes = Sí
codes-no = No
codes-drug-possession = Posesión de drogas
codes-drug-delivery-or-intent = Venta de drogas o intención de venta
codes-prostitution = Prostitución
codes-public-drug-use = Consumo de drogas en público
codes-theft = Hurto
codes-trespass = Entrada sin permiso
codes-transit-misconduct = Falta en el transporte público
codes-park-violation = Infracción en un parque
codes-robbery-1 = Robo 1
codes-robbery-2 = Robo 2
codes-assault-1 = Agresión 1
codes-assault-2 = Agresión 2
codes-assault-3 = Agresión 3
codes-unlawful-firearm-1 = Arma de fuego ilegal 1
codes-unlawful-firearm-2 = Arma de fuego ilegal 2
codes-sex-offence = Delito sexual
codes-program-area = Zona del programa
codes-offence = Delito
codes-amount-of-drugs = Cantidad de drogas
codes-age = Edad
codes-convictions-at-any-time = Condenas en cualquier momento
codes-earlier-involvement-here = Participación anterior aquí
codes-service-hours = Horario de atención
codes-residence = Residencia
codes-earlier-diversions = Derivaciones anteriores
codes-open-to-diversion = Dispuesto a entrar en el programa
codes-dealing-above-subsistence = Venta más allá de la subsistencia
codes-exploits-minors-or-others = Explotación de menores u otras personas
codes-promoting-prostitution = Promoción de la prostitución
codes-pending-drug-or-mental-health = Caso pendiente en tribunal de drogas o de salud mental
codes-threat-of-harm-to-others = Amenaza de daño a otros
codes-interested = Con interés
codes-no-contact-order-with-a = Orden de alejamiento con un participante
codes-victim-consents = La víctima consiente
codes-convictions-within = Condenas en los últimos { $years } años
note-met-or-not-found = Encuentro o búsqueda
note-urgent-needs = Necesidades urgentes
note-intake = Evaluación inicial
note-needs-assessment = Evaluación de necesidades
note-plan = Plan
note-contact = Contacto
note-how-they-are-doing = Cómo le va
note-inactive-or-back = Inactivo o de vuelta
note-met = Hubo encuentro
note-not-found = No se le encontró
note-done = Hecho
note-missed = No asistió
note-money-to-live-on = Dinero para vivir
note-housing = Vivienda
note-medical = Salud física
note-substance-use = Consumo de sustancias
note-mental-health = Salud mental
note-legal = Asuntos legales
note-identity-papers = Documentos de identidad
note-education = Educación
note-work = Trabajo
note-safety = Seguridad
note-no-help-now = Sin ayuda por ahora
note-some-help = Algo de ayuda
note-a-lot-of-help = Mucha ayuda
note-to-do = Por hacer
note-under-way = En curso
note-set-aside = Aplazado
note-meals = Comidas
note-treatment = Tratamiento
note-mental-health-care = Atención de salud mental
note-benefits-legal-income = Beneficios e ingresos legales
note-court = Tribunal
note-job-training = Capacitación laboral
note-job-placement = Colocación laboral
note-micro-loan = Microcrédito
note-in-person = En persona
note-by-phone = Por teléfono
note-by-message = Por mensaje
note-through-someone = Por medio de alguien
note-spoke-with-them = Se habló con la persona
note-did-not-reach-them = No se logró hablar
note-outside-or-in-a-vehicle = A la intemperie o en un vehículo
note-in-a-shelter = En un refugio
note-with-friends-or-family = Con amistades o familia
note-a-place-for-now = Un lugar por ahora
note-a-home-of-their-own = Vivienda propia
note-not-now = Por ahora no
note-looking = Busca trabajo
note-school-or-training = Estudia o se capacita
note-now-and-then = De vez en cuando
note-regularly = Con regularidad
note-nothing-legal = Nada legal
note-benefits = Beneficios
note-wages = Salario
note-benefits-and-wages = Beneficios y salario
note-worse = Peor
note-the-same = Igual
note-better = Mejor
note-lost-touch = Se perdió el contacto
note-their-own-wish = Por su propia voluntad
note-in-custody = Bajo custodia
note-in-hospital-or-care = En el hospital o en cuidados
note-moved-away = Se mudó
note-died = Falleció
note-they-came-by-or-called = Vino o llamó
note-we-found-them = Le encontramos
note-released-from-custody-or-care = Salió de custodia o de cuidados
note-another-way = De otra manera
note-relapse = Se habló de un regreso al consumo
