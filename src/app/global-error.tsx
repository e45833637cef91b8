"use client";

import "./globals.css";

/** Replaces the whole document when the root layout fails, so it depends on nothing: plain links, no script. */
export default function GlobalError() {
  return (
    <html lang="en">
      <body>
        <main className="mx-auto grid min-h-dvh max-w-md content-center gap-4 p-6">
          <title>We couldn’t show this page</title>
          {/* biome-ignore lint/performance/noImgElement: a file of our own; as a component it would be in the script of every page */}
          <img src="/icon.svg" alt="" width={40} height={40} />
          <h1 className="font-semibold text-2xl tracking-tight">We couldn’t show this page</h1>
          <p className="text-muted">
            This is our fault. Nothing in your account changed. The API runs apart from these pages.
          </p>
          <p className="flex gap-5">
            {/* biome-ignore lint/a11y/useValidAnchor: reloads the same address without any script */}
            <a href="" className="font-medium text-accent underline underline-offset-4">
              Try again
            </a>
            <a
              href="mailto:support@agathaai.com"
              className="font-medium text-accent underline underline-offset-4"
            >
              Email support
            </a>
          </p>
        </main>
      </body>
    </html>
  );
}
