"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { CodeTabs } from "@/components/ui/code/code-tabs";
import { CopyButton } from "@/components/ui/code/copy-button";
import { SecretField } from "@/components/ui/fields/secret-field";
import { DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { tokenCommand } from "../_lib/account";

interface AccountSecretProps {
  title: string;
  id: string;
  secret: string;
  baseUrl: string;
  /** What else to know. */
  note?: string | undefined;
  onDone: () => void;
}

/** A service account's client ID and secret, shown once, with a request that gets a token; the dialog closes by its button alone. */
export function AccountSecret({ title, id, secret, baseUrl, note, onDone }: AccountSecretProps) {
  const [copied, setCopied] = useState(false);
  const samples = [{ language: "curl", code: tokenCommand(baseUrl, id) }];
  return (
    <DialogContent
      title={title}
      description="Copy the client secret now. You can’t see it again."
      closable={false}
      className="max-w-xl"
      onEscapeKeyDown={(event) => event.preventDefault()}
      onInteractOutside={(event) => event.preventDefault()}
    >
      <p className="flex flex-wrap items-center gap-x-2">
        <span className="font-medium">Client ID</span> <code className="break-all text-[13px]">{id}</code>
        <CopyButton text={id} label="Copy the client ID" />
      </p>
      <div className="mt-3">
        <SecretField
          secret={secret}
          label="Client secret"
          copyLabel="Copy secret"
          onCopied={() => setCopied(true)}
        />
      </div>
      {note && <p className="mt-2 text-[13px] text-muted">{note}</p>}
      <h3 className="mt-6 mb-2 font-medium">Get an access token</h3>
      <CodeTabs samples={samples} label="A request for an access token" />
      <DialogFooter>
        <Button onClick={onDone} variant={copied ? "primary" : "secondary"}>
          I’ve saved this secret
        </Button>
      </DialogFooter>
    </DialogContent>
  );
}
