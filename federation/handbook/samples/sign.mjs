// open.api：签名与字段加密。需要 Node.js 18 以上，不用装别的。
//
// node sign.mjs < vectors.json                     打印文档中的示例值
// node sign.mjs https://平台地址 appid appsecret     用您的密钥验签（CheckSign.Query）

import { createCipheriv, createDecipheriv, createHash, createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

// AES-256-CBC：密钥为 appsecret 的 32 个字符，初始向量为其前 16 个字符，PKCS7 填充，base64。
function encrypt(plain, secret) {
  const cipher = createCipheriv("aes-256-cbc", secret, secret.slice(0, 16));
  return cipher.update(plain, "utf8", "base64") + cipher.final("base64");
}

// 查询结果中的加密字段，用同一个 appsecret 解密。
function decrypt(text, secret) {
  const decipher = createDecipheriv("aes-256-cbc", secret, secret.slice(0, 16));
  return decipher.update(text, "base64", "utf8") + decipher.final("utf8");
}

// 除 sign 外的参数按名称升序拼接，末尾加 appsecret，整体转小写，取 SHA-256。值用编码前的原文。
function sign(form, secret) {
  const names = Object.keys(form).filter((name) => name !== "sign").sort();
  const base = names.map((name) => `${name}=${form[name]}`).join("&") + `&appsecret=${secret}`;
  return createHash("sha256").update(base.toLowerCase(), "utf8").digest("hex");
}

// JSON 打卡接口的 X-Signature：body 是实际发出的字节，压缩过的就是压缩后的字节。
function signPunches(secret, method, path, timestamp, nonce, body) {
  const digest = createHash("sha256").update(body).digest("hex");
  return createHmac("sha256", secret).update([method, path, timestamp, nonce, digest].join("\n")).digest("hex");
}

// 调用一次接口，返回平台的答复。
async function call(url, appid, secret, method, data) {
  const china = new Date(Date.now() + 8 * 3600 * 1000).toISOString();
  const form = {
    method, version: "1.0", appid, format: "json",
    timestamp: china.slice(0, 19).replace(/\D/g, ""),
    nonce: randomUUID(),
    data: JSON.stringify(data),
  };
  form.sign = sign(form, secret);
  const answer = await fetch(`${url}/open.api`, { method: "POST", body: new URLSearchParams(form) });
  return answer.json();
}

const [url, appid, appsecret] = process.argv.slice(2);
if (url) {
  console.log(await call(url, appid, appsecret, "CheckSign.Query", {}));
} else {
  const given = JSON.parse(readFileSync(0, "utf8"));
  const { path, timestamp, nonce, body } = given.punches;
  console.log(JSON.stringify({
    ciphertext: encrypt(given.plaintext, given.secret),
    plaintext: decrypt(given.ciphertext, given.secret),
    sign: sign(given.form, given.secret),
    punch_signature: signPunches(given.secret, "POST", path, timestamp, nonce, body),
  }));
}
