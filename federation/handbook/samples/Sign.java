// open.api：签名与字段加密。需要 Java 11 以上，不用装别的。
//
// java Sign.java https://平台地址 appid appsecret     用您的密钥验签（CheckSign.Query）

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

public class Sign {

    // AES-256-CBC：密钥为 appsecret 的 32 个字符，初始向量为其前 16 个字符，PKCS7 填充，base64。
    static String encrypt(String plain, String secret) throws Exception {
        byte[] sealed = cipher(Cipher.ENCRYPT_MODE, secret).doFinal(plain.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(sealed);
    }

    // 查询结果中的加密字段，用同一个 appsecret 解密。
    static String decrypt(String text, String secret) throws Exception {
        byte[] plain = cipher(Cipher.DECRYPT_MODE, secret).doFinal(Base64.getDecoder().decode(text));
        return new String(plain, StandardCharsets.UTF_8);
    }

    private static Cipher cipher(int mode, String secret) throws Exception {
        byte[] key = secret.getBytes(StandardCharsets.UTF_8);
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(key, 0, 16));
        return cipher;
    }

    // 除 sign 外的参数按名称升序拼接，末尾加 appsecret，整体转小写，取 SHA-256。值用编码前的原文。
    static String sign(Map<String, String> form, String secret) throws Exception {
        String base = new TreeMap<>(form).entrySet().stream()
                .filter(pair -> !pair.getKey().equals("sign"))
                .map(pair -> pair.getKey() + "=" + pair.getValue())
                .collect(Collectors.joining("&")) + "&appsecret=" + secret;
        return hex(sha256(base.toLowerCase(java.util.Locale.ROOT).getBytes(StandardCharsets.UTF_8)));
    }

    // JSON 打卡接口的 X-Signature：body 是实际发出的字节，压缩过的就是压缩后的字节。
    static String signPunches(String secret, String method, String path, String timestamp, String nonce, byte[] body)
            throws Exception {
        String text = String.join("\n", method, path, timestamp, nonce, hex(sha256(body)));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return hex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    static byte[] sha256(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte one : bytes) {
            text.append(String.format("%02x", one));
        }
        return text.toString();
    }

    // 调用一次接口，返回平台的答复。
    static String call(String url, String appid, String secret, String method, String data) throws Exception {
        Map<String, String> form = new TreeMap<>(Map.of(
                "method", method, "version", "1.0", "appid", appid, "format", "json", "data", data,
                "timestamp", ZonedDateTime.now(ZoneId.of("Asia/Shanghai"))
                        .format(DateTimeFormatter.ofPattern("yyyyMMddHHmmss")),
                "nonce", UUID.randomUUID().toString()));
        form.put("sign", sign(form, secret));
        String body = form.entrySet().stream()
                .map(pair -> pair.getKey() + "=" + URLEncoder.encode(pair.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/open.api"))
                .header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    public static void main(String[] args) throws Exception {
        if (args.length == 3) {
            System.out.println(call(args[0], args[1], args[2], "CheckSign.Query", "{}"));
            return;
        }
        // 文档中的示例值：密钥 明文 密文 路径 时间 随机串 打卡正文 参数名=值 …
        Map<String, String> form = new TreeMap<>();
        for (int i = 7; i < args.length; i++) {
            String[] pair = args[i].split("=", 2);
            form.put(pair[0], pair[1]);
        }
        byte[] body = args[6].getBytes(StandardCharsets.UTF_8);
        System.out.println(encrypt(args[1], args[0]));
        System.out.println(decrypt(args[2], args[0]));
        System.out.println(sign(form, args[0]));
        System.out.println(signPunches(args[0], "POST", args[3], args[4], args[5], body));
    }
}
