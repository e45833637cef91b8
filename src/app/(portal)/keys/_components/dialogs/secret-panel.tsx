"use client";

import { chatSnippets } from "@/components/snippets/chat-snippets";
import { CodeTabs } from "@/components/ui/code/code-tabs";
import { SecretOnce } from "../../../_components/credentials/secret-once";
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
  const samples = chatSnippets({
    baseUrl: sample.baseUrl,
    secret,
    body: {
      model: models[0] ?? sample.model,
      messages: [{ role: "user", content: "Why does an agate have bands?" }],
    },
  });
  return (
    <SecretOnce secret={secret} label="Your new key" noun="key" onDone={onDone}>
      <p className="mt-2 text-[13px] text-muted">
        Keep it in a secret manager or set it as <code>AGATHA_API_KEY</code>, never in code.
      </p>
      <h3 className="mt-6 mb-2 font-medium">Your first request with this key</h3>
      <CodeTabs samples={samples} label="A request with this key" className="[&_section]:max-h-56" />
    </SecretOnce>
  );
}
