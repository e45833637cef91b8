const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

export const newAuthenticatorExample = {
  secret,
  otpauth_url: `otpauth://totp/AgathaAI:ada%40example.com?issuer=AgathaAI&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
  qr_code: "data:image/svg+xml;base64,PHN2Zy8+",
};

export const recoveryCodesExample = {
  recovery_codes: ["7k2m-9d4x-q0ra-t6vz", "h3pe-51wn-8cyb-0gsj"],
};

export const passkeyExample = {
  id: "psk_01jd0q4g5te8tvhz3t1c7x9ncm",
  name: "Work laptop",
  synced: true,
  created_at: "2026-11-23T11:52:00.000Z",
  last_used_at: "2026-11-26T08:10:00.000Z",
};
