"use client";

import type { DeviceRequest } from "@agathaai/core/oauth";
import { RelativeTime } from "@/components/format/relative-time";
import { Notice } from "@/components/ui/notice";
import { ConsentForm } from "../../_components/consent-form";
import { sendDeviceDecision } from "./device-call";

interface DeviceConsentProps {
  request: DeviceRequest;
  onDecided: (decided: "allow" | "deny") => void;
}

/** As any app's request, with where it came from: somebody else may have sent the code (RFC 8628 §5.4). */
export function DeviceConsent({ request, onDecided }: DeviceConsentProps) {
  const { user_code: code, device } = request;
  return (
    <ConsentForm
      path="/device"
      request={request}
      send={(decision) => sendDeviceDecision(code, decision)}
      onDecided={(_, { decision }) => onDecided(decision)}
    >
      <div className="mb-6">
        <Notice
          tone={device.same_network ? "info" : "attention"}
          title={
            <>
              Allow only if your own device shows <code className="whitespace-nowrap">{code}</code> now
            </>
          }
        >
          Requested <RelativeTime iso={device.asked_at} /> by {device.name}, from{" "}
          {device.same_network ? "your network" : "another network than yours"}. If somebody sent you this
          code or link, choose Cancel: they would be able to act for you.
        </Notice>
      </div>
    </ConsentForm>
  );
}
