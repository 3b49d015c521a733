import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.index.mapper.MapperExtrasModulePlugin;
import org.opensearch.join.ParentJoinModulePlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;
import org.opensearch.transport.Netty4ModulePlugin;

/**
 * A node of a cluster in a JVM of its own, so that a test can kill it: java SingleNode HOME name=value...
 *
 * <p>The server's own main class refuses root and wants an unpacked distribution; a Node wants neither.
 */
public final class SingleNode extends Node {
    private SingleNode(Environment environment) {
        super(environment, modules(), false);
    }

    /** HTTP, rank_features and has_parent: in a distribution these three are modules beside the server. */
    private static List<PluginInfo> modules() {
        return Stream.of(Netty4ModulePlugin.class, MapperExtrasModulePlugin.class, ParentJoinModulePlugin.class)
            .map(Class::getName)
            .map(name -> new PluginInfo(name, "", "", Version.CURRENT, "21", name, List.of(), false))
            .toList();
    }

    public static void main(String[] arguments) throws Exception {
        Settings.Builder settings = Settings.builder().put("path.home", Path.of(arguments[0]).toAbsolutePath());
        Arrays.stream(arguments).skip(1).map(each -> each.split("=", 2)).forEach(pair -> settings.put(pair[0], pair[1]));
        Node node = new SingleNode(
            InternalSettingsPreparer.prepareEnvironment(settings.build(), Map.of(), null, () -> "unnamed"));
        node.start();
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try (node) {
                stopped.countDown();
            } catch (Exception error) {
                error.printStackTrace();
            }
        }));
        stopped.await();
    }
}
