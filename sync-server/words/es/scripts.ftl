# What the scripts say. Each variable is put in by the script.

scripts-typed = Usted había escrito: { $text }
scripts-fresh = Nueva derivación: { $list }
scripts-live = En directo
scripts-slow = Al día hace un momento. Volviendo a conectar.
scripts-off = Sin conexión. Esta página puede estar desactualizada. Intentando otra vez.
scripts-begun = Aún no se envió. Presione otra vez cuando termine.
scripts-unsent = Sin conexión: aún no se envió. Queda en esta página y se envía cuando la haya.
scripts-too-long = Este archivo es demasiado largo para una página. Cárguelo con handoff-server import.
scripts-not-utf-8 = Este archivo no está en UTF-8. Guárdelo como CSV en UTF-8.
scripts-no-push = Este navegador no puede recibir avisos cuando está cerrado. En un iPhone o iPad, añada primero Handoff a la pantalla de inicio.
scripts-this-browser = { $name } (este navegador)
scripts-is-told = Este navegador recibe avisos.
scripts-not-allowed = Este navegador no puede mostrar avisos de aquí. Permítalo en la configuración del navegador y presione otra vez.
scripts-no-service = Ahora no se puede acceder al servicio de avisos de este navegador. Revise la conexión y presione otra vez.
scripts-open-to-see = Abra Handoff para ver.
scripts-not-told = Ya no recibe avisos
scripts-add-again = Abra Handoff, luego «{ $page }», y añada otra vez este navegador.
