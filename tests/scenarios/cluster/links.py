"""TLS between nodes, with certificates that openssl makes."""

import shutil
import subprocess

from clients import confirming
from nodes import Impossible, same, wait_for

PLAIN = "it speaks no TLS, which this node expects"
EXPECTS = "it expects TLS, which this node does not speak"


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


class Authority:
    """Signs for nodes."""

    def __init__(self, cluster, name="ca"):
        if not shutil.which("openssl"):
            raise Impossible("certificates need the program openssl")
        self.folder, self.name = cluster.folder, name
        self.certificate, self.key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        self.request("-x509", "-out", self.certificate, key=self.key, subject=name)

    @staticmethod
    def request(*words, key, subject):
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        openssl("req", *curve, "-keyout", key, "-subj", f"/CN={subject}", *words)

    def settings(self, name, believed=None):
        """The file of settings of a node with a certificate of its own."""
        key, request, certificate = (self.folder / f"{name}-{self.name}.{end}" for end in ("key", "csr", "pem"))
        self.request("-out", request, key=key, subject=name)
        signer = ("-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial")
        openssl("x509", "-req", "-in", request, *signer, "-out", certificate)
        return configuration(
            self.folder / f"{name}-{self.name}.conf",
            cacertfile=(believed or self).certificate, certfile=certificate, keyfile=key,
        )  # fmt: skip


def configuration(path, **files):
    path.write_text("".join(f"cluster.ssl_options.{key} = {file}\n" for key, file in files.items()))
    return path


def certified(cluster, authority, names):
    return [cluster.node(name, "--config", str(authority.settings(name))) for name in names]


def refuses(node, other, here, there):
    """A node that was told to join the other does not, both say why, and nothing has changed."""
    before = node.members("disk_nodes"), other.members("disk_nodes")
    node.ctl("stop_app")
    node.ctl("join_cluster", other.name, fails=69, says=here)
    node.ctl("start_app")
    node.await_serving()
    wait_for(lambda: there in other.log(), what=f"{other.name} says why")
    same((node.members("disk_nodes"), other.members("disk_nodes")), before, "the members")


def tls_between_nodes(cluster):
    """three nodes with certificates are one cluster inside TLS, before and after a restart, and use each other's queues"""
    a, b, c = certified(cluster, Authority(cluster), "abc")
    a.start()
    for node in (b, c):
        node.start("--join", f"localhost:{a.cluster_port}")
    cluster.agree(a, b, c)
    a.declare(queue="q", durable=True)
    channel = confirming(b.channel())
    bodies = [bytes([number]) * 50_000 for number in range(100)]
    for body in bodies:
        channel.publish_confirmed("q", body, delivery_mode=2)
    same(c.channel().drain("q"), bodies, "the messages")
    b.restart()
    cluster.agree(a, b, c)
    confirming(b.channel()).publish_confirmed("q", b"again", delivery_mode=2)
    same(c.channel().drain("q"), [b"again"], "the message after the restart")


def tls_and_nodes_without_it(cluster):
    """a node without TLS and one with it do not join each other, and both say why"""
    (a,) = certified(cluster, Authority(cluster), "a")
    a.start()
    b = cluster.node("b").start()
    refuses(b, a, EXPECTS, PLAIN)
    refuses(a, b, PLAIN, EXPECTS)
    c = cluster.node("c").launch("--join", f"localhost:{a.cluster_port}")
    same(c.process.wait(25), 69, "the exit code of one that was to join")
    assert EXPECTS in c.log(), c.log()
    cluster.agree(a)
    cluster.agree(b)


def tls_and_strange_certificates(cluster):
    """a node whose certificate another authority signed for does not join, and both say why"""
    authority = Authority(cluster)
    (a,) = certified(cluster, authority, "a")
    a.start()
    b = cluster.node("b", "--config", str(Authority(cluster, "other").settings("b", authority))).start()
    refuses(b, a, "it does not go on with TLS", "its certificate is not believed")


def tls_files_that_are_not_right(cluster):
    """of three files of TLS none may lack, and what is wrong with one is said when the node starts"""
    authority = Authority(cluster)
    half = configuration(cluster.folder / "half.conf", cacertfile=authority.certificate)
    swapped = configuration(
        cluster.folder / "swapped.conf",
        cacertfile=authority.certificate, certfile=authority.key, keyfile=authority.key,
    )  # fmt: skip
    for path, code, words in ((half, 64, "needs cluster.ssl_options.certfile"), (swapped, 69, "ssl_options.certfile: ")):
        node = cluster.node(path.stem, "--config", str(path)).launch()
        same(node.process.wait(10), code, f"the exit code with {path.name}")
        assert words in node.log(), node.log()
        assert not (node.folder / "data").exists(), "the data folder is there"
