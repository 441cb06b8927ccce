"""TLS before a PostgreSQL that has none: answers the SSLRequest, and passes the bytes on."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "localhost"
"""What the server's certificate is issued for."""

SSL_REQUEST = (8).to_bytes(4) + (80877103).to_bytes(4)


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of its own, and a server's certificate that it signed."""

    root: Path
    certificate: Path
    key: Path


def authority(directory: Path) -> Authority:
    """Make an authority and a certificate for `localhost`."""
    directory.mkdir(parents=True, exist_ok=True)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = signed(directory.name, root_key, issuer=directory.name, by=root_key)
    leaf = signed(NAME, key, issuer=directory.name, by=root_key)
    files = Authority(directory / "root.pem", directory / "server.pem", directory / "server.key")
    files.root.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    files.certificate.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    *,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    """Make a certificate that is good for a day."""
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=key is by, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(by, hashes.SHA256())
    )


@contextmanager
def front(port: int, files: Authority) -> Iterator[int]:
    """Listen with TLS before the server on `port`; gives the port of the front."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, args=(listener, port, context))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def accept(listener: socket.socket, port: int, context: ssl.SSLContext) -> None:
    """Serve one connection after the other until the listener is shut."""
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            with client, suppress(OSError):
                serve(client, port, context)


def serve(client: socket.socket, port: int, context: ssl.SSLContext) -> None:
    """Turn one connection into TLS and pass its bytes on in both directions."""
    request = client.recv(8)
    while request and request != SSL_REQUEST:
        client.sendall(b"N")
        request = client.recv(8)
    if not request:
        return
    client.sendall(b"S")
    with (
        context.wrap_socket(client, server_side=True) as secure,
        socket.create_connection(("127.0.0.1", port)) as plain,
    ):
        back = threading.Thread(target=pump, args=(plain, secure))
        back.start()
        pump(secure, plain)
        back.join()


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Pass bytes on until one side hangs up."""
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)
