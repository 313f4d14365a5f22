"""JupyterHub for a class, on one server where students have accounts: copy it with `start`, and read every line.

    jupyterhub -f jupyterhub_config.py

It needs jupyterhub, jupyterlab, jupyterhub-idle-culler and configurable-http-proxy on the path.
"""

import pathlib
import sys

c = get_config()  # noqa: F821

# A proxy with a certificate belongs in front: passwords pass through here.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"

# Whoever has an account may log in; name those of the class in `allowed_users` to be stricter.
c.Authenticator.allow_all = True
c.Authenticator.admin_users = set()

# Each student begins with a copy of the chapter, which no update touches.
c.Spawner.cmd = [str(pathlib.Path(__file__).parent / "start"), "jupyterhub-singleuser"]
c.Spawner.default_url = "/lab/tree/chapter/01-step-function.ipynb"
# Filled by `forward-pass warm --to`. It belongs to root, and students only read it.
c.Spawner.environment = {"FORWARD_PASS_CACHE_SHARED": "/usr/local/share/forward-pass/cache"}
# A toolchain that all students use is found by these.
c.Spawner.env_keep.append("RUSTUP_HOME")

# A class begins at once, and each student takes up to six processor seconds before the first figure.
c.Spawner.start_timeout = c.Spawner.http_timeout = 180
c.JupyterHub.concurrent_spawn_limit = 20
# Obeyed by the spawners for systemd, Docker and Kubernetes, and only announced by the one for accounts.
c.Spawner.mem_limit = "1G"

# A server that nobody has used for an hour ends; notebooks are saved, variables are not.
c.JupyterHub.services = [{
    "name": "idle-culler",
    "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
}]
c.JupyterHub.load_roles = [{
    "name": "idle-culler",
    "services": ["idle-culler"],
    "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
}]
