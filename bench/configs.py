"""Configurations of what is measured, as string.Template: $name is filled in, ${BENCH_KEY} stays for Weir."""
from string import Template

_NGINX_COMMON = """
  client_max_body_size 32m; client_body_buffer_size 1m; keepalive_requests 1000000;
  client_body_temp_path $folder/$name-body; proxy_temp_path $folder/$name-proxy;
  fastcgi_temp_path $folder/$name-fcgi; uwsgi_temp_path $folder/$name-uwsgi; scgi_temp_path $folder/$name-scgi;
  upstream up { server 127.0.0.1:$upstream; keepalive 512; keepalive_requests 1000000; }
"""
_NGINX_PASS = 'proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;'

# The yardstick: a plain proxy with an access log, and the fixed answer that cache hits are held against.
NGINX = Template("""
daemon off; worker_processes 1; pid $folder/$name.pid; error_log $folder/$name-error.log;
events { worker_connections 8192; }
http {
  access_log $folder/$name-access.log;
""" + _NGINX_COMMON + """
  server { listen 127.0.0.1:$port reuseport;
    location / { """ + _NGINX_PASS + """ }
    location /fixed/ { default_type application/json; return 200 '$fixed'; } }
}
""")

# The upstream behind TLS, and the same without.
FRONT = Template("""
daemon off; worker_processes 1; pid $folder/$name.pid; error_log $folder/$name-error.log;
events { worker_connections 8192; }
http {
  access_log off;
""" + _NGINX_COMMON + """
  server { listen 127.0.0.1:$port reuseport; location / { """ + _NGINX_PASS + """ } }
  server { listen 127.0.0.1:$tls_port ssl reuseport; ssl_protocols TLSv1.3;
    ssl_certificate $folder/front.pem; ssl_certificate_key $folder/front.key;
    location / { """ + _NGINX_PASS + """ } }
}
""")

HAPROXY = Template("""
global
  nbthread 1
  maxconn 8192
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option http-keep-alive
  http-reuse always
frontend in
  bind 127.0.0.1:$port
  default_backend up
backend up
  server up 127.0.0.1:$upstream pool-max-conn 512
""")

_WEIR = Template("""
listen: 127.0.0.1:$port
admin: {listen: "127.0.0.1:$admin"}
data_dir: $folder/data
workers: 1
providers:
  up: {api: openai, base_url: "http://127.0.0.1:$upstream/v1", keys: ["${BENCH_KEY}"]}
  up-paced: {api: openai, base_url: "http://127.0.0.1:$upstream/v1/paced", keys: ["${BENCH_KEY}"]}
  up-held: {api: openai, base_url: "http://127.0.0.1:$upstream/v1/held", keys: ["${BENCH_KEY}"]}
$more_providers
models:
  cheap: {provider: up, upstream: bench-1, price: {input: 0.1, output: 0.2}}
  strong: {provider: up, upstream: bench-2, price: {input: 1, output: 2}}
  slow: {provider: up-paced, upstream: bench-3, price: {input: 1, output: 2}}
  slower: {provider: up-held, upstream: bench-3, price: {input: 1, output: 2}}
$more_models
fallbacks: {cheap: [strong]}
routes:
  auto: {tiers: {simple: cheap, medium: cheap, complex: cheap}, baseline: strong}
  paced: {tiers: {simple: slow, medium: slow, complex: slow}, baseline: strong}
  held: {tiers: {simple: slower, medium: slower, complex: slower}, baseline: strong}
$more_routes
""")

# What a case adds to _WEIR.
_MORE = {
    "plain": {},
    "cached": dict(
        more_routes="  cached: {tiers: {simple: cheap, medium: cheap, complex: cheap}, cache: {mode: exact}}"),
    "fronted": dict(
        more_providers="""  front: {api: openai, base_url: "http://127.0.0.1:$front/v1", keys: ["${BENCH_KEY}"]}
  front-tls: {api: openai, base_url: "https://127.0.0.1:$front_tls/v1", keys: ["${BENCH_KEY}"],
              tls: {ca_file: "$certificate"}}""",
        more_models="""  beside: {provider: front, upstream: bench-1, price: {input: 1, output: 2}}
  behind: {provider: front-tls, upstream: bench-1, price: {input: 1, output: 2}}""",
        more_routes="""  without-tls: {tiers: {simple: beside, medium: beside, complex: beside}, baseline: strong}
  with-tls: {tiers: {simple: behind, medium: behind, complex: behind}, baseline: strong}"""),
}


def weir(kind, **places):
    more = dict.fromkeys(("more_providers", "more_models", "more_routes"), "") | _MORE[kind]
    return Template(_WEIR.safe_substitute(more)).safe_substitute(places)
