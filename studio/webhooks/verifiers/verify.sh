#!/bin/sh
# Usage: SECRET=whsec_… verify.sh BODY-FILE WEBHOOK-ID WEBHOOK-TIMESTAMP WEBHOOK-SIGNATURE X-WEBHOOK-SIGNATURE
# The values of the four headers, and the body as it came, byte for byte. Ends with 0 when both signatures are right.
set -eu
body=$1 id=$2 sent_at=$3 signatures=$4 vendor=$5
key=$(printf %s "${SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')

age=$(($(date +%s) - sent_at))
[ "${age#-}" -le 300 ] || { echo "too old"; exit 1; }

# Standard Webhooks: any of the signatures, which are parted by spaces
expected=$({ printf '%s.%s.' "$id" "$sent_at"; cat "$body"; } |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
case " $signatures " in *" v1,$expected "*) ;; *) echo "wrong webhook-signature"; exit 1 ;; esac

# Apiframe: the body alone
expected=$(openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary "$body" | od -An -v -tx1 | tr -d ' \n')
[ "$vendor" = "sha256=$expected" ] || { echo "wrong X-Webhook-Signature"; exit 1; }
echo "ok"
