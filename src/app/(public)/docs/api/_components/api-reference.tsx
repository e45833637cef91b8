"use client";

import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import "swagger-ui-dist/swagger-ui.css";
import "./api-reference.css";
import { nameControls } from "../_lib/name-controls";
import { showReference } from "../_lib/show-reference";

type State = "loading" | "shown" | "failed";

/** Swagger UI over our own OpenAPI document. The viewer is large, so only this page loads it. */
export function ApiReference() {
  const [state, setState] = useState<State>("loading");
  const [attempt, setAttempt] = useState(0);
  const container = useRef<HTMLDivElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is what a retry is
  useEffect(() => {
    const node = container.current;
    if (node === null) return;
    const gone = new AbortController();
    const stopNaming = nameControls(node);
    setState("loading");
    showReference(node, gone.signal).then(
      () => setState("shown"),
      () => {
        if (!gone.signal.aborted) setState("failed");
      },
    );
    return () => {
      gone.abort();
      stopNaming();
    };
  }, [attempt]);

  return (
    <>
      {state === "loading" && (
        <Loading label="Loading the reference" className="grid gap-3 pb-16">
          {Array.from({ length: 8 }, (_, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: bones have no identity
            <Skeleton key={row} className="h-11 w-full rounded-lg" />
          ))}
        </Loading>
      )}
      {state === "failed" && (
        <Notice
          tone="danger"
          title="Couldn’t load the reference"
          action={
            <Button variant="secondary" onClick={() => setAttempt((count) => count + 1)}>
              Try again
            </Button>
          }
        >
          You can read the document at <a href="/api/openapi.json">/api/openapi.json</a>.
        </Notice>
      )}
      <div ref={container} className="api-reference" hidden={state !== "shown"} />
    </>
  );
}
