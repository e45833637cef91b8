import Link from "next/link";
import type { ReactNode } from "react";
import { Wordmark } from "@/components/brand/mark";
import { ThemeSwitch } from "@/components/theme/theme-switch";
import { Providers } from "../_components/providers";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-16 items-center justify-between px-5">
        <Link href="/" aria-label="AgathaAI, home" className="flex rounded-md">
          <Wordmark />
        </Link>
        <ThemeSwitch />
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-[25rem] px-5 pt-[max(2rem,10vh)] pb-16 outline-none"
      >
        <Providers>{children}</Providers>
      </main>
    </div>
  );
}
