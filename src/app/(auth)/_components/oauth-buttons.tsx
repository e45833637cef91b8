"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toasts/toast-store";
import { callAuth } from "../../_client/auth-call";
import { readFailure } from "../../_client/failure";

export interface OAuthProvider {
  id: "google" | "github";
  name: string;
}

const marks = {
  google:
    "M21.35 11.1H12v2.9h5.35c-.5 2.5-2.6 4-5.35 4a6 6 0 1 1 0-12c1.5 0 2.85.55 3.9 1.45l2.15-2.15A9 9 0 1 0 12 21c5.2 0 8.9-3.65 8.9-8.8 0-.4-.05-.75-.1-1.1Z",
  github:
    "M12 2a10 10 0 0 0-3.16 19.49c.5.1.68-.22.68-.48v-1.7c-2.78.6-3.37-1.34-3.37-1.34-.45-1.16-1.11-1.47-1.11-1.47-.91-.62.07-.6.07-.6 1 .07 1.53 1.03 1.53 1.03.9 1.52 2.34 1.08 2.91.83.1-.65.35-1.09.63-1.34-2.22-.25-4.55-1.11-4.55-4.94 0-1.1.39-1.99 1.03-2.69-.1-.25-.45-1.27.1-2.64 0 0 .84-.27 2.75 1.02a9.6 9.6 0 0 1 5 0c1.91-1.29 2.75-1.02 2.75-1.02.55 1.37.2 2.4.1 2.64.64.7 1.03 1.6 1.03 2.69 0 3.84-2.34 4.68-4.57 4.93.36.31.68.92.68 1.85V21c0 .27.18.58.69.48A10 10 0 0 0 12 2Z",
} as const;

export function OAuthButtons({ providers, next }: { providers: readonly OAuthProvider[]; next: string }) {
  const [leaving, setLeaving] = useState<string | null>(null);
  if (providers.length === 0) return null;

  const leave = async ({ id, name }: OAuthProvider) => {
    setLeaving(id);
    try {
      location.assign(await callAuth(`signin/${id}`, { callbackUrl: next }));
    } catch (error) {
      setLeaving(null);
      toast(`Couldn’t continue with ${name}`, { description: readFailure(error).message, tone: "danger" });
    }
  };
  return (
    <>
      <div className="grid gap-2">
        {providers.map(({ id, name }) => (
          <Button
            key={id}
            variant="secondary"
            className="h-10"
            pending={leaving === id}
            onClick={() => void leave({ id, name })}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true" className="fill-current">
              <path d={marks[id]} />
            </svg>
            Continue with {name}
          </Button>
        ))}
      </div>
      <div className="my-6 flex items-center gap-3 text-[13px] text-muted">
        <span className="h-px flex-1 bg-line" />
        or use your email
        <span className="h-px flex-1 bg-line" />
      </div>
    </>
  );
}
