import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { parseTheme, THEME_COOKIE } from "@/components/theme/theme";
import "./globals.css";
import { EarlyInput } from "./_components/early-input";
import { publicUrl } from "./_lib/public-url";

const TITLE = "AgathaAI: many models, one API, no surprise bill";

/** Computed per request: the public URL is known at run time, not at build time. */
export function generateMetadata(): Metadata {
  return {
    metadataBase: new URL(publicUrl()),
    title: { default: TITLE, template: "%s · AgathaAI" },
    description:
      "Call OpenAI, Gemini and DeepSeek models with your OpenAI SDK and one key: caps in dollars that hold, and a receipt for every request.",
    applicationName: "AgathaAI",
    openGraph: { siteName: "AgathaAI", type: "website", locale: "en_US" },
    twitter: { card: "summary_large_image" },
    formatDetection: { telephone: false, email: false, address: false },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#faf8f4" },
    { media: "(prefers-color-scheme: dark)", color: "#111114" },
  ],
};

/** Reading the cookie makes every page render per request, which the nonce of the content policy needs too. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html
      lang="en"
      data-theme={theme === "system" ? undefined : theme}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      // The theme switch changes `data-theme` before a slow page has hydrated.
      suppressHydrationWarning
    >
      <body className="min-h-dvh">
        <EarlyInput />
        <a
          href="#content"
          className="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50 focus:rounded-lg focus:bg-ink focus:px-4 focus:py-2 focus:text-paper"
        >
          Skip to content
        </a>
        {children}
      </body>
    </html>
  );
}
