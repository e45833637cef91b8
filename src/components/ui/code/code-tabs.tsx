"use client";

import { Tabs as TabsPrimitive } from "radix-ui";
import { cn } from "../../cn";
import { CopyButton } from "./copy-button";
import { ScrollingCode } from "./scrolling-code";

export interface CodeSample {
  language: string;
  code: string;
}

/** The same code in several languages, as tabs. */
export function CodeTabs({
  samples,
  label,
  className,
}: {
  samples: CodeSample[];
  label: string;
  className?: string;
}) {
  return (
    <TabsPrimitive.Root
      defaultValue={samples[0]?.language ?? ""}
      className={cn("overflow-hidden rounded-lg border bg-surface", className)}
    >
      <TabsPrimitive.List aria-label={label} className="flex gap-1 border-b px-2">
        {samples.map(({ language }) => (
          <TabsPrimitive.Trigger
            key={language}
            value={language}
            className="-mb-px h-10 border-transparent border-b-2 px-2 font-medium text-[13px] text-muted transition-colors hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {language}
          </TabsPrimitive.Trigger>
        ))}
      </TabsPrimitive.List>
      {samples.map(({ language, code }) => (
        <TabsPrimitive.Content key={language} value={language} className="relative" tabIndex={-1}>
          <ScrollingCode code={code} label={`${label}: ${language}`} />
          <CopyButton
            text={code}
            label={`Copy ${language}`}
            className="absolute top-0 right-0 size-11 rounded-none bg-surface hover:bg-surface"
          />
        </TabsPrimitive.Content>
      ))}
    </TabsPrimitive.Root>
  );
}
