"use client";

import type { DeviceRequest } from "@agathaai/core/oauth";
import { useState } from "react";
import { CodeEntry } from "./code-entry";
import { DeviceConsent } from "./device-consent";
import { DeviceDone } from "./device-done";

/** Code, then the app's request, then what was decided. `given` is the code of a link, which the reader compares. */
export function Device({ given }: { given: string }) {
  const [request, setRequest] = useState<DeviceRequest | null>(null);
  const [decided, setDecided] = useState<"allow" | "deny" | null>(null);
  if (decided !== null && request !== null) return <DeviceDone app={request.app.name} decided={decided} />;
  if (request !== null) return <DeviceConsent request={request} onDecided={setDecided} />;
  return <CodeEntry given={given} onFound={setRequest} />;
}
