/**
 * Whether an address is https, or http to this machine, without credentials in it.
 * @type {(address: string) => boolean}
 */
function mayAsk(address) {
  try {
    var uri = new (Java.type('java.net.URI'))(address);
    var host = text(uri.getHost());
    if (host === undefined || /%/.test(host) || text(uri.getUserInfo()) !== undefined) return false;
    var scheme = String(uri.getScheme()).toLowerCase();
    return scheme === 'https' || (scheme === 'http' && /^(localhost|\[::1\]|127(\.[0-9]+){3})$/.test(host));
  } catch (_error) {
    return false;
  }
}

/**
 * Where a source may be: only on the internet, or also on private networks. A loopback address is allowed if the spec's
 * own text has it, not if a setting has it.
 * @type {(address: string, source: Source) => Reach}
 */
function reachOf(address, source) {
  if (source.isPrivate) return 'private';
  return /^https?:\/\/(localhost|127(\.[0-9]{1,3}){3}|\[::1\])([:/?#]|$)/i.test(address)
    ? 'loopback'
    : 'public';
}

/**
 * The answer of the first allowed address that answers; null if none is allowed. The address that was checked is the one
 * that is connected to, so changing the name's address in between has no effect. TLS still verifies the name.
 * @type {(http: HttpClient, request: HttpRequest, reach: Reach) => HttpResponse | null}
 */
function responseOf(http, request, reach) {
  var uri = request.getURI();
  var host = String(uri.getHost());
  var scheme = String(uri.getScheme()).toLowerCase();
  var port = Number(uri.getPort());
  var HttpHost = Java.type('org.apache.http.HttpHost');
  var found = addressesOf(host, reach);
  if (found.length === 0) return null;
  shareTime(request, found.length);
  for (var i = 0; ; i++) {
    try {
      // Without a port, the client would resolve the name again.
      var target = new HttpHost(found[i], host, port > 0 ? port : scheme === 'https' ? 443 : 80, scheme);
      return http.execute(target, request);
    } catch (error) {
      if (i + 1 >= found.length || !isUnconnected(error)) throw error;
    }
  }
}

/**
 * Divides the time to connect among `count` addresses, so that a silent one leaves time for the others.
 * @type {(request: HttpRequest, count: number) => void}
 */
function shareTime(request, count) {
  var config = request.getConfig();
  request.setConfig(
    Java.type('org.apache.http.client.config.RequestConfig')
      .copy(config)
      .setConnectTimeout(Math.ceil(Number(config.getConnectTimeout()) / count))
      .build()
  );
}

/**
 * Whether the connection was refused, unreachable, silent, or without TLS for that name: another address may work.
 * @type {(error: unknown) => boolean}
 */
function isUnconnected(error) {
  return (
    error instanceof Java.type('java.net.SocketException') ||
    error instanceof Java.type('org.apache.http.conn.ConnectTimeoutException') ||
    error instanceof Java.type('javax.net.ssl.SSLException')
  );
}

/** @type {(host: string, reach: Reach) => InetAddress[]} */
function addressesOf(host, reach) {
  var all = Java.type('java.net.InetAddress').getAllByName(host);
  var found = [];
  for (var i = 0; i < all.length; i++) {
    if (mayReach(hexadecimal(all[i].getAddress()), reach)) found.push(all[i]);
  }
  return found;
}

/** @type {(bytes: JavaBytes) => string} */
function hexadecimal(bytes) {
  var digits = '';
  for (var i = 0; i < bytes.length; i++) digits += ((bytes[i] & 255) + 256).toString(16).slice(1);
  return digits;
}

/**
 * Whether a connection to an address is allowed, by the same rules as in Claimsmith's servers.
 * @type {(address: string, reach: Reach) => boolean}
 */
function mayReach(address, reach) {
  if (address.length === 8) return mayReach4(address, reach);
  // IPv4 in another notation: mapped, and NAT64.
  var inner = /^(?:0{20}ffff|0064ff9b0{16})(.{8})$/.exec(address);
  if (inner) return mayReach4(inner[1], reach);
  if (/^0{31}1$/.test(address)) return reach !== 'public';
  // Where clouds hand a machine its credentials.
  if (reach === 'loopback' || /^(fd000ec2|fd2000ce)0{20}0254$/.test(address)) return false;
  if (/^f[cd]/.test(address)) return reach === 'private';
  // Global unicast, except its special ranges 2001::/23, 2001:db8::/32, 2002::/16, 3fff::/20.
  return /^[23]/.test(address) && !/^(20010[01]|20010db8|2002|3fff0)/.test(address);
}

/** @type {(address: string, reach: Reach) => boolean} */
function mayReach4(address, reach) {
  if (/^7f/.test(address)) return reach !== 'public';
  // 0/8, 169.254/16, 192.0.0/24, 192.0.2/24, 192.88.99/24, 198.18/15, 198.51.100/24, 203.0.113/24, and from 224 on.
  var special = /^(00|a9fe|c00000|c00002|c05863|c61[23]|c63364|cb0071|[ef])/;
  // 100.100.100.200 and 168.63.129.16: clouds give a machine its credentials at these addresses.
  if (reach === 'loopback' || special.test(address) || /^(646464c8|a83f8110)$/.test(address)) return false;
  // 10/8, 100.64/10, 172.16/12, 192.168/16.
  return reach === 'private' || !/^(0a|64[4-7]|ac1|c0a8)/.test(address);
}
