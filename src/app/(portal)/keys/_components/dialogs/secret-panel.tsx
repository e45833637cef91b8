"use client";

import { useState } from "react";
import { chatSnippets } from "@/components/snippets/chat-snippets";
import { Button } from "@/components/ui/button";
import { CodeTabs } from "@/components/ui/code-tabs";
import { CopyButton } from "@/components/ui/copy-button";
import { DialogFooter } from "@/components/ui/dialog";
import type { SampleCall } from "../../_lib/key";

interface SecretPanelProps {
  secret: string;
  sample: SampleCall;
  /** The models that the key can call; empty is all. */
  models: readonly string[];
  onDone: () => void;
}

/** Shows a new key once, with requests that work as pasted. */
export function SecretPanel({ secret, sample, models, onDone }: SecretPanelProps) {
  const [copied, setCopied] = useState(false);
  const samples = chatSnippets({
    baseUrl: sample.baseUrl,
    secret,
    body: {
      model: models[0] ?? sample.model,
      messages: [{ role: "user", content: "Why does an agate have bands?" }],
    },
  });
  return (
    <>
      <div className="flex items-center gap-2 rounded-lg border border-edge bg-sunken p-1.5 pl-3">
        {/* An input, so that a click or Ctrl+A selects the key where the clipboard is not available. */}
        <input
          readOnly
          value={secret}
          aria-label="Your new key"
          onFocus={(event) => event.currentTarget.select()}
          className="min-w-0 flex-1 bg-transparent font-mono text-[13px] outline-none"
        />
        <CopyButton text={secret} label="Copy key" labeled onCopied={() => setCopied(true)} />
      </div>
      <p className="mt-2 text-[13px] text-muted">
        Keep it in a secret manager or set it as <code>AGATHA_API_KEY</code>, never in code.
      </p>
      <h3 className="mt-6 mb-2 font-medium">Your first request with this key</h3>
      <CodeTabs samples={samples} label="A request with this key" className="[&_section]:max-h-56" />
      <DialogFooter>
        <Button onClick={onDone} variant={copied ? "primary" : "secondary"}>
          I’ve saved this key
        </Button>
      </DialogFooter>
    </>
  );
}
