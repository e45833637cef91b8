"use client";

import { CodeTabs } from "@/components/ui/code/code-tabs";
import { SecretOnce } from "../../../_components/credentials/secret-once";
import { firstCall, type NewKey } from "../../_lib/first-call";
import type { SampleCall } from "../../_lib/key";

interface SecretPanelProps {
  created: NewKey;
  sample: SampleCall;
  onDone: () => void;
}

/** Shows a new key once, with a call that works as pasted. */
export function SecretPanel({ created, sample, onDone }: SecretPanelProps) {
  const { title, samples } = firstCall(created, sample);
  return (
    <SecretOnce secret={created.secret} label="Your new key" noun="key" onDone={onDone}>
      <p className="mt-2 text-[13px] text-muted">
        Keep it in a secret manager or set it as <code>AGATHA_API_KEY</code>, never in code.
      </p>
      <h3 className="mt-6 mb-2 font-medium">{title}</h3>
      <CodeTabs samples={samples} label="A request with this key" className="[&_section]:max-h-56" />
    </SecretOnce>
  );
}
