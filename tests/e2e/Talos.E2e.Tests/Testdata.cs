namespace Talos.E2e.Tests;

/// <summary>Config patches the tests apply.</summary>
internal static class Testdata
{
    /// <summary>A web server pod on each of two ports, in the pod network, and one with the host's processes in sight.</summary>
    public const string Pods = """
        machine:
          pods:
            - apiVersion: v1
              kind: Pod
              metadata: {name: web, namespace: default}
              spec:
                containers:
                  - name: web
                    image: localhost/web:1
                    imagePullPolicy: IfNotPresent
                    ports: [{containerPort: 8080, hostPort: 8080}]
            - apiVersion: v1
              kind: Pod
              metadata: {name: peer, namespace: default}
              spec:
                containers:
                  - name: peer
                    image: localhost/web:1
                    imagePullPolicy: IfNotPresent
                    ports: [{containerPort: 8080, hostPort: 8081}]
            - apiVersion: v1
              kind: Pod
              metadata: {name: tools, namespace: default}
              spec:
                hostNetwork: true
                hostPID: true
                containers:
                  - name: tools
                    image: localhost/web:1
                    imagePullPolicy: IfNotPresent
                    securityContext: {privileged: true}
                    command:
                      - /bin/sh
                      - -c
                      - |
                        mkdir -p /tmp/www/cgi-bin
                        printf '#!/bin/sh\necho "Content-Type: text/plain"\necho\nkill -9 $QUERY_STRING && echo killed\n' > /tmp/www/cgi-bin/kill
                        /bin/busybox chmod 755 /tmp/www/cgi-bin/kill
                        echo tools > /tmp/www/index.html
                        exec /bin/httpd -f -p 8082 -h /tmp/www
        """;

    /// <summary>Only the first web server, for small machines.</summary>
    public const string OnePod = """
        machine:
          pods:
            - apiVersion: v1
              kind: Pod
              metadata: {name: web, namespace: default}
              spec:
                containers:
                  - name: web
                    image: localhost/web:1
                    imagePullPolicy: IfNotPresent
                    ports: [{containerPort: 8080, hostPort: 8080}]
        """;
}
