"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { cn } from "../../cn";
import { Button } from "../button";

interface CopyButtonProps {
  text: string;
  /** The label: "Copy key". Names the button where only its icon shows. */
  label: string;
  /** Show the label beside the icon. */
  labeled?: boolean;
  className?: string;
  onCopied?: () => void;
}

export function CopyButton({ text, label, labeled = false, className, onCopied }: CopyButtonProps) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");

  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2000);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState("copied");
      onCopied?.();
    } catch {
      setState("failed");
    }
  };

  const said = { idle: label, copied: "Copied", failed: "Couldn’t copy. Select the text instead." }[state];
  return (
    <Button
      variant={labeled ? "secondary" : "ghost"}
      size={labeled ? "sm" : "icon-sm"}
      className={cn(!labeled && "text-muted hover:text-ink", className)}
      onClick={copy}
      title={labeled ? undefined : said}
    >
      {state === "copied" ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
      <span className={labeled ? undefined : "sr-only"} aria-live="polite">
        {said}
      </span>
    </Button>
  );
}
