//! One request to its answer: redirects followed within bounds, the body read within bounds.

use crate::egress::Egress;
use crate::egress::fault::Fault;
use bytes::Bytes;
use bytes::BytesMut;
use http::HeaderMap;
use http::Method;
use http::StatusCode;
use http::header;
use http_body_util::BodyExt;
use http_body_util::Full;
use std::time::Duration;
use url::Url;

/// Redirects that are followed, at most.
const REDIRECTS: usize = 3;

/// What is sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
    /// How long all of it may take.
    pub time: Duration,
    /// Whether connections are used again.
    pub is_kept: bool,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Where it came from at last.
    pub url: Url,
}

impl Egress {
    /// Sends a request of an application.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn send(&self, application: &str, request: Request) -> Result<Answer, Fault> {
        let time = request.time;
        match tokio::time::timeout(time, self.follow(application, request)).await {
            Ok(answer) => answer,
            Err(_) => Err(Fault {
                code: "timeout",
                message: format!("the peer did not answer within {} ms", time.as_millis()),
                may_pass: true,
                was_sent: true,
            }),
        }
    }

    async fn follow(&self, application: &str, mut request: Request) -> Result<Answer, Fault> {
        check(&request.url)?;
        let sender = self.sender(application, request.is_kept);
        for hop in 0..=REDIRECTS {
            let sent = |fault: Fault| if hop > 0 { fault.sent() } else { fault };
            let mut outgoing = http::Request::new(Full::new(request.body.clone()));
            *outgoing.method_mut() = request.method.clone();
            let mut goal = request.url.clone();
            goal.set_fragment(None);
            *outgoing.uri_mut() = (goal.as_str().parse())
                .map_err(|_| sent(Fault::wrong("url", "this address cannot be asked")))?;
            outgoing.headers_mut().clone_from(&request.headers);
            let response = (sender.request(outgoing).await).map_err(|error| sent(Fault::of(&error)))?;
            let (head, body) = response.into_parts();
            let location = head.headers.get(header::LOCATION);
            match location.filter(|_| is_redirect(head.status)) {
                Some(location) => {
                    redirect(&mut request, head.status, location.to_str().ok()).map_err(Fault::sent)?
                }
                None => {
                    return Ok(Answer {
                        status: head.status,
                        body: self.read(&head.headers, body).await.map_err(Fault::sent)?,
                        headers: head.headers,
                        url: request.url,
                    });
                }
            }
        }
        let message = format!("the peer redirects more than {REDIRECTS} times");
        Err(Fault::wrong("redirect", message).sent())
    }

    /// The body, counted while it comes.
    async fn read(&self, headers: &HeaderMap, mut body: hyper::body::Incoming) -> Result<Bytes, Fault> {
        let too_large = || {
            let message = format!("the answer has more than {} bytes", self.most_bytes);
            Fault::wrong("too_large", message)
        };
        if let Some(encoding) = headers
            .get(header::CONTENT_ENCODING)
            .filter(|value| *value != "identity")
        {
            let message = format!("the answer is compressed ({encoding:?}), which was not asked for");
            return Err(Fault::wrong("compressed", message));
        }
        let mut whole = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| Fault {
                code: "broken_off",
                message: format!("the peer broke off in the middle of its answer: {error}"),
                may_pass: true,
                was_sent: true,
            })?;
            if let Ok(data) = frame.into_data() {
                if whole.len() + data.len() > self.most_bytes {
                    return Err(too_large());
                }
                whole.extend_from_slice(&data);
            }
        }
        Ok(whole.freeze())
    }
}

/// An address that may be asked at all.
fn check(url: &Url) -> Result<(), Fault> {
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(Fault::wrong(
            "url",
            "an address begins with http:// or https:// and names a host",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let message = "an address holds no user and no password: use the header Authorization";
        return Err(Fault::wrong("url", message));
    }
    Ok(())
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Turns a request to where it was sent on.
fn redirect(request: &mut Request, status: StatusCode, location: Option<&str>) -> Result<(), Fault> {
    let next = location.and_then(|location| request.url.join(location).ok());
    let next = next.ok_or_else(|| Fault::wrong("redirect", "the peer redirects to what is no address"))?;
    check(&next)?;
    if request.url.scheme() == "https" && next.scheme() == "http" {
        let message = "the peer redirects from an encrypted address to one that is not";
        return Err(Fault::wrong("redirect", message));
    }
    let keeps_method = matches!(status.as_u16(), 307 | 308) || request.method == Method::HEAD;
    if !keeps_method {
        if request.method != Method::GET {
            request.method = Method::GET;
        }
        request.body = Bytes::new();
        request.headers.remove(header::CONTENT_TYPE);
    }
    if next.origin() != request.url.origin() {
        if !request.body.is_empty() {
            let message = "the peer redirects a request with a body to another server, which is not followed";
            return Err(Fault::wrong("redirect", message));
        }
        // Any header may be a credential; these are none.
        let kept = [header::ACCEPT, header::ACCEPT_LANGUAGE, header::USER_AGENT];
        let mut headers = HeaderMap::new();
        for name in kept {
            if let Some(value) = request.headers.remove(&name) {
                headers.insert(name, value);
            }
        }
        request.headers = headers;
    }
    request.url = next;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::egress::connect::Resolve;
    use crate::egress::connect::Resolving;
    use parking_lot::Mutex;
    use std::net::IpAddr;
    use std::sync::Arc;
    use tokio::io::AsyncReadExt;
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    /// Gives one answer after the other.
    struct Flips(Mutex<Vec<Vec<&'static str>>>);

    impl Resolve for Flips {
        fn resolve<'a>(&'a self, _: &'a str) -> Resolving<'a> {
            let addresses: Vec<IpAddr> = (self.0.lock().remove(0).iter())
                .map(|address| address.parse().unwrap())
                .collect();
            Box::pin(std::future::ready(Ok(addresses)))
        }
    }

    fn get(url: &str) -> Request {
        Request {
            method: Method::GET,
            url: Url::parse(url).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            time: Duration::from_secs(10),
            is_kept: true,
        }
    }

    #[tokio::test]
    async fn a_name_that_changes_its_mind_reaches_nothing_that_was_not_checked() {
        let good = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = good.local_addr().unwrap().port();
        let trap = TcpListener::bind(("127.0.0.2", port)).await.unwrap();
        let answers = tokio::spawn(async move {
            let (mut peer, _) = good.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = peer.read(&mut request).await.unwrap();
            peer.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok")
                .await
                .unwrap();
        });
        let config = config::Egress {
            allow: vec![format!("127.0.0.1:{port}")],
            ..config::Egress::default()
        };
        // Looked up once for a connection: the second answer is the second connection's.
        let flips = vec![
            vec!["127.0.0.1"],
            vec!["127.0.0.2"],
            vec!["127.0.0.1", "127.0.0.2"],
            vec!["127.0.0.1", "169.254.169.254"],
            vec!["::ffff:127.0.0.2"],
        ];
        let egress = Egress::with(&config, Arc::new(Flips(Mutex::new(flips))));
        let url = format!("http://peer.example:{port}/");
        let answer = egress.send("any", get(&url)).await.unwrap();
        assert_eq!(answer.body, "ok");
        answers.await.unwrap();
        for _ in 0..4 {
            let fault = egress.send("any", get(&url)).await.unwrap_err();
            assert_eq!(
                (fault.code, fault.was_sent),
                ("refused_address", false),
                "{fault}"
            );
        }
        let waiting =
            std::future::poll_fn(|context| std::task::Poll::Ready(trap.poll_accept(context).is_pending()));
        assert!(waiting.await, "nobody knocked at the trap");
    }

    /// A peer that shows the tests' certificate, for `localhost`, to whoever believes in it.
    #[tokio::test]
    async fn an_encrypted_peer_is_reached_by_whoever_believes_its_certificate() {
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::PrivateKeyDer;
        use rustls::pki_types::pem::PemObject;
        let pem = |name: &str| format!("{}/tests/support/tls/{name}", env!("CARGO_MANIFEST_DIR"));
        let provider = || Arc::new(rustls::crypto::ring::default_provider());
        let chain = CertificateDer::pem_file_iter(pem("server.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(pem("server.key.pem")).unwrap();
        let shown = rustls::ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain.map(Result::unwrap).collect(), key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(shown));
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut peer) = acceptor.accept(stream).await else {
                    continue;
                };
                let _ = peer.read(&mut [0; 1024]).await.unwrap();
                peer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                    .await
                    .unwrap();
            }
        });
        let config = config::Egress {
            allow: vec![format!("localhost:{port}")],
            ..config::Egress::default()
        };
        let answers = || Arc::new(Flips(Mutex::new(vec![vec!["127.0.0.1"]])));
        let url = format!("https://localhost:{port}/");
        let fault = Egress::with(&config, answers())
            .send("any", get(&url))
            .await
            .unwrap_err();
        assert_eq!(
            (fault.code, fault.may_pass, fault.was_sent),
            ("unreachable", false, false),
            "{fault}"
        );
        let egress = Egress::with(&config, answers());
        let mut roots = rustls::RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(pem("authority.pem")).unwrap())
            .unwrap();
        let believing = rustls::ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        assert!(egress.tls.set(Arc::new(believing)).is_ok());
        assert_eq!(egress.send("any", get(&url)).await.unwrap().body, "ok");
    }

    #[tokio::test]
    async fn every_spelling_of_a_refused_address_is_refused() {
        let egress = Egress::new(&config::Egress::default());
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://017700000001/",
            "http://localhost/",
            "http://LOCALHOST./",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::]/",
            "http://0/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[fe80::1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[fd00:ec2::254]/",
            "http://1.1.1.1:22/",
            "http://①②⑦.0.0.1/",
            "https://127.0.0.1/",
        ] {
            let fault = egress.send("any", get(url)).await.unwrap_err();
            assert!(!fault.was_sent, "{url}");
            assert!(
                ["refused_address", "unreachable"].contains(&fault.code),
                "{url}: {fault}"
            );
        }
        for url in [
            "ftp://example.org/",
            "file:///etc/passwd",
            "http://user:word@example.org/",
            "data:,x",
        ] {
            assert_eq!(
                egress.send("any", get(url)).await.unwrap_err().code,
                "url",
                "{url}"
            );
        }
    }

    #[test]
    fn credentials_stay_with_their_origin() {
        let mut request = get("https://one.example/a");
        request.headers.insert("x-api-key", "k".parse().unwrap());
        request
            .headers
            .insert(header::ACCEPT, "text/plain".parse().unwrap());
        redirect(&mut request, StatusCode::FOUND, Some("/b")).unwrap();
        assert_eq!(request.headers.len(), 2);
        redirect(&mut request, StatusCode::FOUND, Some("https://two.example/")).unwrap();
        assert_eq!(
            (request.url.as_str(), request.headers.len()),
            ("https://two.example/", 1)
        );
        assert!(redirect(&mut request, StatusCode::FOUND, Some("http://two.example/")).is_err());
        let mut request = get("https://one.example/a");
        request.method = Method::POST;
        request.body = Bytes::from("x");
        assert!(
            redirect(
                &mut request,
                StatusCode::TEMPORARY_REDIRECT,
                Some("https://two.example/")
            )
            .is_err()
        );
        redirect(&mut request, StatusCode::SEE_OTHER, Some("https://two.example/")).unwrap();
        assert_eq!((request.method, request.body.len()), (Method::GET, 0));
    }
}
