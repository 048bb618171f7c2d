package Tender::Test;

# Copyright (C) ngx_tender_module contributors

# A private nginx with the module and a private redis-server for one test.
#
#   use Tender::Test;
#
#   my $t = Tender::Test->new(location => '...', http => '...');
#   my $r = $t->post('/api/0.1/tenders', { data => {} });
#   is($r->status, 201, 'a tender is published');
#   $t->finish;
#   done_testing;
#
# Options of new():
#   location  body of the server block (the procurement API by default)
#   server, http, main  more lines for these levels
#   events    lines of the events block
#   workers   worker_processes, 1
#   conf      the whole of nginx.conf instead of all of these; it must say
#             "daemon off;", "pid %%DIR%%/nginx.pid;", and listen on %%PORT%%
#   module    0: a bare nginx, without the module
#   log_format  of the access log
#   files     names and texts of files in the test's folder
#   env       variables of nginx's own environment
#   redis     0: none; or options:
#               appendonly => 'yes'|'no' (no), args => [more options],
#               tcp => 1 (nginx uses a TCP port), tls => 1 (nginx uses TLS),
#               conf => a configuration file, with args alone beside it,
#               user and password for redis()
#   redis_addr  what tender_redis names instead, with its parameters
#   redis_args  parameters after the address: 'db=2 buckets=4'
#
# In all configuration text %%DIR%% is the test's folder, %%PORT%% the port
# of nginx, %%PORT_1%%, %%PORT_2%% ... more free ports.
#
# The environment chooses what is tested: TEST_TENDER_NGINX the binary,
# TEST_TENDER_MODULE the module (empty: linked in), TEST_TENDER_LOG the error
# log's level, TEST_TENDER_ASAN=1 for a sanitized build, TEST_TENDER_PRELOAD
# libraries to preload into nginx, TEST_TENDER_KEEP=1 keeps the folder.

use strict;
use warnings;

use Cwd ();
use File::Temp ();
use POSIX ();
use Scalar::Util ();
use Test::More ();
use Time::HiRes qw(sleep time);

use Tender::Child;
use Tender::Http;
use Tender::Port;
use Tender::Redis;


our $TOP = Cwd::abs_path(__FILE__ =~ s{/?t/lib/Tender/Test\.pm$}{}r || '.');

my $LOCATION = 'location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }';
my %live;
my %unfinished;

# a test that is interrupted stops what it started, by way of its END block

$SIG{$_} ||= sub { exit 130 } for qw(INT TERM HUP);


sub nginx_binary {
    return $ENV{TEST_TENDER_NGINX} if $ENV{TEST_TENDER_NGINX};

    my ($path) = grep { -x } map { "$_/nginx" }
                 split(/:/, $ENV{PATH} || ''), '/usr/sbin';

    return $path || die "there is no nginx: run make test\n";
}


sub module_path {
    return $ENV{TEST_TENDER_MODULE} if defined $ENV{TEST_TENDER_MODULE};
    return "$TOP/build/ngx_http_tender_module.so";
}


sub new {
    my ($class, %opt) = @_;

    my $self = bless {
        workers  => 1,
        module   => 1,
        redis    => {},
        http     => '', server => '', main => '', events => '', env => {},
        %opt,
        owner    => $$,
        ports    => {},
        allowed  => [],
        pids     => {},
    }, $class;

    $self->{location} //= $self->{module} ? $LOCATION : '';
    $self->{redis} = {} if $self->{redis} && !ref $self->{redis};
    $self->{tmp}   = File::Temp->newdir(
        'tender-XXXXXXXX', TMPDIR => 1, CLEANUP => !$ENV{TEST_TENDER_KEEP},
    );
    $self->{dir} = "$self->{tmp}";
    $live{$self} = $self;

    Scalar::Util::weaken($live{$self});

    $self->write_file($_, $self->{files}{$_})
        for keys %{ $self->{files} || {} };
    $self->make_certificates if $self->{redis} && $self->{redis}{tls};
    $self->start_redis(0)    if $self->{redis};
    $self->write_conf;

    # a worker that finds no Redis would wait before it tries again
    $self->wait_redis if $self->{redis};
    $self->start_nginx;

    $unfinished{ $self->{dir} } = $$;

    return $self;
}


sub dir  { $_[0]{dir} }


# the port of nginx, or of %%PORT_n%%

sub port {
    my ($self, $n) = @_;

    my $port = $self->{ports}{ $n || 0 } ||= Tender::Port->new;

    return $port->number;
}


sub url { "http://127.0.0.1:" . $_[0]->port . ($_[1] || '') }


sub expand {
    my ($self, $text) = @_;

    $text =~ s/%%DIR%%/$self->{dir}/g;
    $text =~ s/%%PORT(?:_(\d+))?%%/$self->port($1)/ge;

    return $text;
}


# a file in the test's folder; returns its path

sub write_file {
    my ($self, $name, $text) = @_;

    open my $fh, '>:raw', "$self->{dir}/$name" or die "$name: $!";
    print $fh $self->expand($text);
    close $fh or die "$name: $!";

    return "$self->{dir}/$name";
}


sub slurp {
    my ($self, $name) = @_;

    open my $fh, '<:raw', "$self->{dir}/$name" or return '';
    local $/;

    return scalar readline($fh) // '';
}


sub error_log  { $_[0]->slurp('error.log') }

# what an operator keeps: at debug level nginx writes all that it is sent

sub kept_log {
    my ($self) = @_;

    return ($ENV{TEST_TENDER_LOG} || '') eq 'debug' ? '' : $self->error_log;
}

sub access_log { $_[0]->slurp('access.log') }


# waits until code is true: returns what it returned, or nothing

sub wait_for {
    my ($self, $code, $timeout) = @_;

    my $end  = time() + ($timeout || 10);
    my $step = 0.001;

    while (1) {
        my $result = $code->();

        return $result if $result;
        return         if time() > $end;

        sleep $step;
        $step *= 1.5 if $step < 0.02;
    }
}


# ---------------------------------------------------------------- requests

sub client {
    my ($self, %opt) = @_;

    return Tender::Http->new(port => $self->port, %opt);
}


for my $method (qw(request get head post put patch delete)) {
    no strict 'refs';

    *$method = sub {
        my $self = shift;

        return $self->client(close => 1)->$method(@_);
    };
}


# sends bytes as they are and returns all that comes until the end of the
# connection or the timeout; bytes may be a list with pauses: \0.2

sub raw {
    my ($self, $bytes, %opt) = @_;

    my $c = $self->client(timeout => $opt{timeout} || 5);

    $c->connect;

    for my $part (ref $bytes ? @$bytes : $bytes) {
        ref $part ? sleep $$part : $c->send($part);
    }

    $c->{deadline} = time() + $c->{timeout};
    eval { 1 while $c->fill };

    return $c->{buf};
}


# runs code in a child: $t->background(sub { ... })->result

sub background {
    my ($self, $code, @args) = @_;

    return Tender::Child->run($code, @args);
}


# runs code(0) ... code(n - 1) at the same time, returns their results

sub parallel {
    my ($self, $n, $code) = @_;

    my @jobs = map { $self->background($code, $_) } 0 .. $n - 1;

    return map { scalar $_->result } @jobs;
}


# ------------------------------------------------------------------- redis

sub redis_socket { "$_[0]{dir}/redis.sock" }


sub redis_args {
    my ($self) = @_;

    my $opt  = $self->{redis};
    my $dir  = $self->{dir};
    my @args = (
        '--dir', $dir, '--unixsocket', $self->redis_socket,
        '--logfile', "$dir/redis.log", '--daemonize', 'no',
        map { $self->expand($_) } @{ $opt->{args} || [] },
    );

    return ($self->expand($opt->{conf}), @args) if $opt->{conf};

    unshift @args, '--save', '', '--appendonly', $opt->{appendonly} || 'no',
            '--appendfsync', 'always', '--bind', '127.0.0.1';

    if ($opt->{tls}) {
        push @args, '--port', 0, '--tls-port', $self->port('redis'),
             '--tls-cert-file', "$dir/tls/redis.crt",
             '--tls-key-file', "$dir/tls/redis.key",
             '--tls-ca-cert-file', "$dir/tls/ca.crt",
             '--tls-auth-clients', 'no';
    } else {
        push @args, '--port', $opt->{tcp} ? $self->port('redis') : 0;
    }

    return @args;
}


sub start_redis {
    my ($self, $wait) = @_;

    die "redis is running\n" if $self->{pids}{redis};

    unlink $self->redis_socket;
    delete $self->{link};
    $self->spawn(redis => 'redis-server', $self->redis_args);
    $self->wait_redis if !defined $wait || $wait;
}


# until it answers: +PONG, or -NOAUTH, but not -LOADING

sub wait_redis {
    my ($self) = @_;

    $self->wait_for(sub {
        die "redis-server did not start:\n" . $self->slurp('redis.log')
            . $self->slurp('redis.out')
            if $self->gone('redis');

        eval {
            my $link = Tender::Redis->new($self->redis_socket);

            eval { $link->call('PING') };
            die $@ if $@ =~ /LOADING|closed/;
            1;
        };
    }, 30) or die "redis-server does not answer\n";
}


# a command by a connection of its own; reconnects after a restart

sub redis {
    my ($self, @args) = @_;

    return $self->redis_link->call(@args);
}


sub redis_link {
    my ($self) = @_;

    my $link = $self->{link};

    # a connection must not be shared with a child
    return $link if $link && $link->{owner} == $$;

    my $opt = $self->{redis};

    $link = Tender::Redis->new($self->redis_socket);
    $link->{owner} = $$;
    $link->call('AUTH', $opt->{user} || 'default', $opt->{password})
        if $opt->{password};

    return $self->{link} = $link;
}


sub stop_redis {
    my ($self, $signal) = @_;

    my $pid = $self->{pids}{redis} or die "redis is not running\n";

    delete $self->{link};
    kill $signal || 'TERM', $pid;
    $self->wait_for(sub { $self->gone('redis') }, 20)
        or die "redis-server does not stop\n";
}


sub pause_redis  { kill 'STOP', $_[0]{pids}{redis} }
sub resume_redis { kill 'CONT', $_[0]{pids}{redis} }


# a throw-away authority ca.crt and a certificate for localhost, 127.0.0.1

sub make_certificates {
    my ($self, %opt) = @_;

    my $dir  = "$self->{dir}/tls";
    my $name = $opt{name} || 'redis';
    my $san  = $opt{san} || 'DNS:localhost,IP:127.0.0.1';
    my $key  = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';

    mkdir $dir;

    my @commands = (
        "openssl req -x509 $key -keyout $dir/ca.key -out $dir/ca.crt"
        . ' -days 3 -subj /CN=test-authority',
        "openssl req -new $key -keyout $dir/$name.key -out $dir/$name.csr"
        . " -subj /CN=$name",
        "openssl x509 -req -in $dir/$name.csr -CA $dir/ca.crt -CAkey"
        . " $dir/ca.key -CAcreateserial -days 3 -out $dir/$name.crt"
        . " -extfile $dir/$name.ext",
    );

    $self->write_file("tls/$name.ext", "subjectAltName=$san\n");
    shift @commands if -f "$dir/ca.crt";

    for (@commands) {
        system("$_ 2> $dir/openssl.log") == 0
            or die "openssl failed: " . $self->slurp('tls/openssl.log');
    }
}


# ------------------------------------------------------------------- nginx

sub write_conf {
    my ($self) = @_;

    return $self->write_file('nginx.conf', $self->{conf}) if $self->{conf};

    my $level  = $ENV{TEST_TENDER_LOG} || 'info';
    my $module = $self->{module} ? module_path() : '';
    my $format = $self->{log_format} ? 'test' : 'combined';
    my @main   = ("worker_processes $self->{workers};");

    push @main, 'user root;'              if $> == 0;
    push @main, "load_module $module;"    if $module;
    push @main, $self->{main};

    my @http = $self->{log_format}
             ? "log_format test '$self->{log_format}';" : ();

    push @http, $self->redis_lines if $self->{module};
    push @http, map { "${_}_temp_path %%DIR%%/temp_$_;" }
                qw(client_body proxy fastcgi uwsgi scgi);
    push @http, $self->{http};

    my $main = join "\n", @main;
    my $http = join "\n    ", @http;

    $self->write_file('nginx.conf', <<"END");
$main
daemon off;
pid %%DIR%%/nginx.pid;
error_log %%DIR%%/error.log $level;
working_directory %%DIR%%;
worker_rlimit_core 500m;

events {
    worker_connections 2048;
    $self->{events}
}

http {
    access_log %%DIR%%/access.log $format;
    $http

    server {
        listen 127.0.0.1:%%PORT%%;
        server_name localhost;
        $self->{server}

        $self->{location}
    }
}
END
}


sub redis_lines {
    my ($self) = @_;

    my $opt  = $self->{redis};
    my $addr = $self->{redis_addr};

    if (!$addr) {
        return if !$opt;

        my $port = ($opt->{tls} || $opt->{tcp}) && $self->port('redis');

        $addr = $port ? "127.0.0.1:$port" : 'unix:' . $self->redis_socket;
    }

    my @lines = join(' ', 'tender_redis', $addr, $self->{redis_args} || ())
                . ';';

    push @lines, 'tender_redis_tls on;',
         'tender_redis_trusted_certificate %%DIR%%/tls/ca.crt;'
        if $opt && $opt->{tls};

    # a scripted server expects what the test sends, and nothing else
    push @lines, 'tender_chronograph off;'
        if !$opt && $self->{http} !~ /tender_chronograph/;

    return @lines;
}


sub start_nginx {
    my ($self) = @_;

    my %env = %{ $self->{env} };

    if ($ENV{TEST_TENDER_ASAN}) {
        my $log = "log_path=$self->{dir}/sanitizer";

        $env{ASAN_OPTIONS}  = "$log:detect_stack_use_after_return=1"
                              . ':handle_abort=1'
                              . ($ENV{TEST_TENDER_PRELOAD}
                                 ? ':detect_leaks=0' : '');
        $env{UBSAN_OPTIONS} = "$log:print_stacktrace=1";
        $env{LSAN_OPTIONS}  = "suppressions=$TOP/t/lib/lsan.supp"
                              . ':print_suppressions=0';
    }

    $env{LD_PRELOAD} = $ENV{TEST_TENDER_PRELOAD}
        if $ENV{TEST_TENDER_PRELOAD};

    local @ENV{ keys %env } = values %env;

    $self->spawn(nginx => nginx_binary(), '-p', $self->{dir}, '-c',
                 "$self->{dir}/nginx.conf", '-e', "$self->{dir}/error.log");

    $self->wait_for(sub {
        die "nginx did not start:\n" . $self->slurp('nginx.out')
            . $self->error_log
            if $self->gone('nginx');

        -s "$self->{dir}/nginx.pid" && $self->worker_pids
            && eval { $self->client->connect };
    }, 30) or die "nginx does not answer\n";
}


sub master_pid { $_[0]{pids}{nginx} }


# workers that still take requests; all => 1: those that are leaving, too

sub worker_pids {
    my ($self, %opt) = @_;

    my $master = $self->{pids}{nginx} or return;
    my @pids;

    for my $stat (glob '/proc/[0-9]*/stat') {
        open my $fh, '<', $stat or next;
        defined(my $line = readline $fh) or next;

        my ($pid, $state, $parent) = $line =~ /^(\d+) \(.*\) (\S) (\d+)/s
            or next;
        next if $parent != $master || $state eq 'Z';

        open $fh, '<', "/proc/$pid/cmdline" or next;
        my $title = readline $fh // '';

        push @pids, $pid
            if $title =~ /worker process\b(?!.*shutting down)/
               || $opt{all} && $title =~ /worker process/;
    }

    return @pids;
}


# a new configuration takes over; wait => 0 does not wait for it

sub reload {
    my ($self, %opt) = @_;

    my %old = map { $_ => 1 } $self->worker_pids;

    kill 'HUP', $self->{pids}{nginx};

    return if defined $opt{wait} && !$opt{wait};

    $self->wait_for(sub {
        my @now = $self->worker_pids;

        @now >= $self->{workers} && !grep { $old{$_} } @now;
    }, 20) or die "nginx did not reload:\n" . $self->error_log;
}


# error log lines that match are what the test provokes

sub allow_errors {
    my ($self, @patterns) = @_;

    push @{ $self->{allowed} }, @patterns;
}


sub stop_nginx {
    my ($self) = @_;

    my $pid = $self->{pids}{nginx} or return 1;

    kill 'QUIT', $pid;
    return 1 if $self->wait_for(sub { $self->gone('nginx') }, 15);

    kill 'TERM', $pid;
    $self->wait_for(sub { $self->gone('nginx') }, 5);

    return 0;
}


# stops everything; its tests fail if nginx had a reason to complain

sub finish {
    my ($self) = @_;

    return if $self->{finished}++;

    delete $unfinished{ $self->{dir} };

    my $early  = $self->gone('nginx');
    my $quiet  = $self->stop_nginx;
    my @wrong  = $self->complaints;

    unshift @wrong, 'nginx did not quit by itself within 15 s' if !$quiet;
    unshift @wrong, "nginx ended before the test: status $early" if $early;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    Test::More::ok(!@wrong, 'nginx had nothing to complain of')
        or Test::More::diag(join "\n", @wrong[0 .. ($#wrong > 30
                                                    ? 30 : $#wrong)]);
    $self->cleanup;

    return !@wrong;
}


sub complaints {
    my ($self) = @_;

    my @wrong;

    LINE: for (split /\n/, $self->error_log) {
        next if !/\[(?:alert|crit|emerg)\]|Sanitizer|runtime error:/
                && !/exited on signal|exited with (?!code 0\b)/;

        for my $pattern (@{ $self->{allowed} }) {
            next LINE if $_ =~ $pattern;
        }

        push @wrong, $_;
    }

    for my $file (glob "$self->{dir}/sanitizer*") {
        push @wrong, "$file:", $self->slurp($file =~ s{.*/}{}r);
    }

    push @wrong, map { "core dump $_" } glob "$self->{dir}/core*";
    push @wrong, $self->slurp('nginx.out') =~ /(.*Sanitizer.*)/g;

    return @wrong;
}


# --------------------------------------------------------------- processes

sub spawn {
    my ($self, $name, @command) = @_;

    my $pid = fork();
    defined $pid or die "fork: $!";

    if ($pid == 0) {
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>>', "$self->{dir}/$name.out";
        open STDERR, '>&', \*STDOUT;
        { exec { $command[0] } @command }
        print STDERR "cannot run $command[0]: $!\n";
        POSIX::_exit(127);
    }

    delete $self->{status}{$name};

    return $self->{pids}{$name} = $pid;
}


# the status of a process that has ended, as text; else nothing

sub gone {
    my ($self, $name) = @_;

    my $pid = $self->{pids}{$name};

    if ($pid) {
        local $?;

        return if waitpid($pid, POSIX::WNOHANG()) != $pid;

        $self->{status}{$name} = "status $?";
        delete $self->{pids}{$name};
    }

    return $self->{status}{$name};
}


sub cleanup {
    my ($self) = @_;

    for my $name (keys %{ $self->{pids} }) {
        local $?;
        my @workers = $name eq 'nginx' ? $self->worker_pids(all => 1) : ();
        my $pid = delete $self->{pids}{$name} or next;

        # the master first, or it starts new workers
        kill 'KILL', $pid, @workers;
        waitpid $pid, 0;
    }

    delete $live{$self};
    Test::More::diag("kept $self->{dir}") if $ENV{TEST_TENDER_KEEP};
}


sub DESTROY {
    my ($self) = @_;

    return if $self->{owner} != $$ || !$self->{dir};

    local ($?, $@);
    Test::More::diag($self->complaints) if $unfinished{ $self->{dir} };
    $self->cleanup;
}


# a test that ends without finish() must not pass

END {
    my $status = $?;

    $_->cleanup for grep { $_ && $_->{owner} == $$ } values %live;

    if (!$status && grep { $_ == $$ } values %unfinished) {
        Test::More::diag('finish() was not called');
        $status = 255;
    }

    $? = $status;
}


1;
