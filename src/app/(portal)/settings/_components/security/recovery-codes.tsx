"use client";

import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/code/copy-button";

/** Ten codes, to copy or to keep as a file. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const text = codes.join("\n");
  return (
    <div className="grid gap-4">
      <ul
        aria-label="Recovery codes"
        className="grid gap-x-6 gap-y-1.5 rounded-lg border border-edge bg-sunken p-4 font-mono text-[13px] sm:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={text} label="Copy codes" labeled />
        <Button variant="secondary" size="sm" onClick={() => save(text)}>
          <Download aria-hidden="true" />
          Download codes
        </Button>
      </div>
    </div>
  );
}

function save(text: string): void {
  const url = URL.createObjectURL(new Blob([`AgathaAI recovery codes\n\n${text}\n`], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), {
    href: url,
    download: "agathaai-recovery-codes.txt",
  });
  link.click();
  URL.revokeObjectURL(url);
}
