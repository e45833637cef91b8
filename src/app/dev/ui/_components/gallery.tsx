"use client";

import type { ReactNode } from "react";
import { ThemeSwitch } from "@/components/theme/theme-switch";
import { Toaster } from "@/components/ui/toasts/toaster";
import { ButtonExamples, FieldExamples } from "./control-examples";
import { ChartExamples, DataExamples } from "./data-examples";
import { MessageExamples, OverlayExamples } from "./overlay-examples";

const sections: readonly { title: string; Examples: () => ReactNode }[] = [
  { title: "Buttons, badges and choices", Examples: ButtonExamples },
  { title: "Fields", Examples: FieldExamples },
  { title: "Dialogs and menus", Examples: OverlayExamples },
  { title: "Messages and empty states", Examples: MessageExamples },
  { title: "Tables, code and times", Examples: DataExamples },
  { title: "Charts and brand", Examples: ChartExamples },
];

/** Every component in its states, in the theme chosen at the top. */
export function Gallery() {
  return (
    <main
      id="content"
      tabIndex={-1}
      className="mx-auto grid max-w-portal gap-12 px-4 py-10 outline-none sm:px-8"
    >
      <header className="flex flex-wrap items-center justify-between gap-4">
        <h1 className="font-semibold text-2xl tracking-tight">Components</h1>
        <ThemeSwitch />
      </header>
      {sections.map(({ title, Examples }) => (
        <section key={title} className="grid grid-cols-1 gap-6">
          <h2 className="border-b pb-2 font-semibold text-lg">{title}</h2>
          <Examples />
        </section>
      ))}
      <Toaster />
    </main>
  );
}
