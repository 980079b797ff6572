import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.codelibs.opensearch.runner.OpenSearchRunner;
import org.opensearch.http.HttpServerTransport;

/**
 * One OpenSearch node: java -cp JARS TestServer.java FOLDER [SETTING=VALUE]...
 *
 * The runner's own command line takes no settings and joins whatever cluster of the same name it finds.
 * This one is alone, listens on loopback, and leaves its HTTP port in FOLDER/port once it is up: the
 * runner hands standard output to its logger, so the port cannot be printed.
 */
public class TestServer {
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            settings.put("discovery.type", "single-node");
            settings.put("network.host", "127.0.0.1");
            settings.put("transport.port", "0");
            // A disk that fills up outside the test would make every index read-only.
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
            settings.putList("node.roles", "cluster_manager", "data", "ingest");
            for (int i = 1; i < arguments.length; i++) {
                String[] pair = arguments[i].split("=", 2);
                settings.put(pair[0], pair[1]);
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(runner)));
        String cluster = "test-" + ProcessHandle.current().pid();
        runner.build(OpenSearchRunner.newConfigs()
                .basePath(folder.toString()).numOfNode(1).clusterName(cluster).useLogger());

        HttpServerTransport http = runner.node().injector().getInstance(HttpServerTransport.class);
        Path draft = folder.resolve("port.draft");
        Files.writeString(draft, Integer.toString(http.boundAddress().publishAddress().getPort()));
        Files.move(draft, folder.resolve("port"), StandardCopyOption.ATOMIC_MOVE);
        Thread.currentThread().join();
    }

    private static void close(OpenSearchRunner runner) {
        try {
            runner.close();
        } catch (Exception error) {
            error.printStackTrace();
        }
    }
}
