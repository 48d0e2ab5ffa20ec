"""open.api：签名与字段加密。需要 Python 3.9 以上和 cryptography。

python sign.py < vectors.json                     打印文档中的示例值
python sign.py https://平台地址 appid appsecret     用您的密钥验签（CheckSign.Query）
"""

import base64
import hashlib
import hmac
import json
import sys
import time
import uuid
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7


def encrypt(plain: str, secret: str) -> str:
    """AES-256-CBC：密钥为 appsecret 的 32 个字符，初始向量为其前 16 个字符，PKCS7 填充，base64。"""
    key = secret.encode()
    padder = PKCS7(128).padder()
    padded = padder.update(plain.encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def decrypt(text: str, secret: str) -> str:
    """查询结果中的加密字段，用同一个 appsecret 解密。"""
    key = secret.encode()
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    padded = decryptor.update(base64.b64decode(text)) + decryptor.finalize()
    unpadder = PKCS7(128).unpadder()
    return (unpadder.update(padded) + unpadder.finalize()).decode()


def sign(form: dict[str, str], secret: str) -> str:
    """除 sign 外的参数按名称升序拼接，末尾加 appsecret，整体转小写，取 SHA-256。值用编码前的原文。"""
    base = "&".join(f"{name}={form[name]}" for name in sorted(form) if name != "sign")
    return hashlib.sha256(f"{base}&appsecret={secret}".lower().encode()).hexdigest()


def sign_punches(secret: str, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """JSON 打卡接口的 X-Signature：body 是实际发出的字节，压缩过的就是压缩后的字节。"""
    text = "\n".join((method, path, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def call(url: str, appid: str, secret: str, method: str, data: dict) -> dict:
    """调用一次接口，返回平台的答复。"""
    form = {
        "method": method,
        "version": "1.0",
        "appid": appid,
        "format": "json",
        "timestamp": time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 8 * 3600)),
        "nonce": uuid.uuid4().hex,
        "data": json.dumps(data, ensure_ascii=False),
    }
    form["sign"] = sign(form, secret)
    with urlopen(Request(url + "/open.api", urlencode(form).encode()), timeout=30) as answer:
        return json.load(answer)


def vectors(given: dict) -> dict[str, str]:
    """文档中的示例值。"""
    punches = given["punches"]
    return {
        "ciphertext": encrypt(given["plaintext"], given["secret"]),
        "plaintext": decrypt(given["ciphertext"], given["secret"]),
        "sign": sign(given["form"], given["secret"]),
        "punch_signature": sign_punches(
            given["secret"],
            "POST",
            punches["path"],
            punches["timestamp"],
            punches["nonce"],
            punches["body"].encode(),
        ),
    }


if __name__ == "__main__":
    if len(sys.argv) == 4:
        url, appid, secret = sys.argv[1:]
        print(call(url, appid, secret, "CheckSign.Query", {}))
    else:
        print(json.dumps(vectors(json.load(sys.stdin))))
