"use client";

import { CodeTabs } from "@/components/ui/code/code-tabs";
import { DialogContent } from "@/components/ui/overlays/dialog";
import { ClientId } from "../../_components/credentials/client-id";
import { SecretOnce } from "../../_components/credentials/secret-once";
import { tokenCommand } from "../_lib/account";

interface AccountSecretProps {
  title: string;
  id: string;
  secret: string;
  baseUrl: string;
  onDone: () => void;
}

/** A service account's client ID and secret, shown once, with a request that gets a token. */
export function AccountSecret({ title, id, secret, baseUrl, onDone }: AccountSecretProps) {
  const samples = [{ language: "curl", code: tokenCommand(baseUrl, id) }];
  return (
    <DialogContent
      title={title}
      description="Copy the client secret now. You can’t see it again."
      closable={false}
      className="max-w-xl"
    >
      <ClientId id={id} />
      <SecretOnce secret={secret} label="Client secret" noun="secret" onDone={onDone}>
        <h3 className="mt-6 mb-2 font-medium">Get an access token</h3>
        <CodeTabs samples={samples} label="A request for an access token" />
      </SecretOnce>
    </DialogContent>
  );
}
