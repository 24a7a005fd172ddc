package dev.dioxus.main

import android.os.Bundle
import android.view.WindowManager
import android.webkit.WebView
import androidx.activity.OnBackPressedCallback
import androidx.core.view.ViewCompat
import androidx.core.view.WindowCompat
import androidx.core.view.WindowInsetsCompat

typealias BuildConfig = org.handoff.officer.BuildConfig

class MainActivity : WryActivity() {
    /** Back belongs to the app's own screens, not to the page's history, which has one entry. */
    override val handleBackNavigation: Boolean = false

    private var page: WebView? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        // Before the first frame: no screenshot, no recording, and nothing in the list of recent apps.
        window.setFlags(WindowManager.LayoutParams.FLAG_SECURE, WindowManager.LayoutParams.FLAG_SECURE)
        super.onCreate(savedInstanceState)
        keepClearOfTheEdges()
        onBackPressedDispatcher.addCallback(this, Back())
    }

    override fun onWebViewCreate(webView: WebView) {
        page = webView
    }

    /** The page gets the room between the system's bars, the camera's hole and the keyboard, on every version. */
    private fun keepClearOfTheEdges() {
        WindowCompat.setDecorFitsSystemWindows(window, false)
        ViewCompat.setOnApplyWindowInsetsListener(findViewById(android.R.id.content)) { content, insets ->
            val edges = insets.getInsets(
                WindowInsetsCompat.Type.systemBars() or
                    WindowInsetsCompat.Type.displayCutout() or
                    WindowInsetsCompat.Type.ime()
            )
            content.setPadding(edges.left, edges.top, edges.right, edges.bottom)
            WindowInsetsCompat.CONSUMED
        }
    }

    /** Presses the screen's own back button, marked `data-back`. Where there is none the app goes to the
     *  background with its state, and is never finished: a draft stays on the screen where it was. */
    private inner class Back : OnBackPressedCallback(true) {
        override fun handleOnBackPressed() {
            val page = page ?: return leave()
            page.evaluateJavascript(PRESS_BACK) { pressed -> if (pressed != "true") leave() }
        }

        private fun leave() {
            moveTaskToBack(true)
        }
    }

    private companion object {
        const val PRESS_BACK =
            "(() => { const back = document.querySelector('[data-back]'); if (back) back.click(); return !!back; })()"
    }
}
